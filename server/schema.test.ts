import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { schema } from './schema.ts';

/** Everything of the API that can have a description, by its coordinate. */
function described(): [coordinate: string, description: string | null | undefined][] {
  const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
  return [
    ...types.map((type) => [type.name, type.description] as [string, string]),
    ...types.flatMap((type) => {
      if (isEnumType(type)) return type.getValues().map(member(type.name));
      if (isInputObjectType(type)) return Object.values(type.getFields()).map(member(type.name));
      if (!isObjectType(type) && !isInterfaceType(type)) return [];
      const fields = Object.values(type.getFields());
      const fieldArguments = fields.flatMap(({ name, args }) => args.map(member(`${type.name}.${name}`)));
      return [...fields.map(member(type.name)), ...fieldArguments];
    }),
    ...schema.getDirectives().flatMap((directive) => {
      const name = `@${directive.name}`;
      return [[name, directive.description] as [string, string], ...directive.args.map(member(name))];
    }),
  ];
}

const member =
  (parent: string) =>
  ({ name, description }: { name: string; description?: string | null | undefined }) =>
    [`${parent}.${name}`, description] as [string, string];

it('describes every type, field, argument, input field, enum value and directive', () => {
  const all = described();
  expect(all.length).toBeGreaterThan(250);
  expect(all.filter(([, description]) => !description?.trim()).map(([coordinate]) => coordinate)).toEqual([]);
});
