import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { renderReference } from './reference.ts';

const reference = renderReference(
  buildSchema(`
    "Reads."
    type Query {
      "A dog | a cat."
      animal("Its name." name: String! = "Rex", kinds: [Kind!] = [DOG]): [Animal!]!
    }
    "Has legs."
    interface Animal { "How many." legs("Or odd." even: Boolean): Int }
    type Dog implements Animal { legs("Or odd." even: Boolean): Int @deprecated(reason: "Count them.") }
    enum Kind { "Barks." DOG }
    input Filter { kind: Kind = DOG }
    scalar Day
  `),
);

it.each([
  '- [Queries](#queries): [animal](#queryanimal)\n',
  '- [Objects](#objects): [Dog](#dog)\n',
  '## Queries\n\nReads.\n\n### Query.animal\n\nReturns \\[[Animal](#animal)!\\]!.\n\nA dog | a cat.\n',
  '| `name` | [String](#string)! = `"Rex"` | Its name. |\n| `kinds` | \\[[Kind](#kind)!\\] = `[DOG]` |  |\n',
  '### Dog\n\nImplements [Animal](#animal).\n',
  '| `legs` | [Int](#int) | **Deprecated:** Count them. <br>`even` [Boolean](#boolean): Or odd. |\n',
  '### Animal\n\nHas legs.\n',
  '| `legs` | [Int](#int) | How many.<br>`even` [Boolean](#boolean): Or odd. |\n',
  '### Filter\n\n| field | type | description |\n| --- | --- | --- |\n| `kind` | [Kind](#kind) = `DOG` |  |\n',
  '| `DOG` | Barks. |\n',
  '### Day\n',
])('shows %j', (part) => {
  expect(reference).toContain(part);
});

it('links only to its own headings', () => {
  const headings = [...reference.matchAll(/^##+ (.+)$/gm)].map(([, name]) =>
    name!.toLowerCase().replaceAll('.', ''),
  );
  const links = [...reference.matchAll(/\]\(#(\w+)\)/g)].map(([, target]) => target!);
  expect(new Set(headings).size).toBe(headings.length);
  expect(links.filter((target) => !headings.includes(target))).toEqual([]);
});
