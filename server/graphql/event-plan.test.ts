import { executeSubscriptionEvent, parse, validateSubscriptionArgs } from 'graphql';
import { createSchema } from 'graphql-yoga';
import { expect, it } from 'vitest';
import { EventPlan } from './event-plan.ts';

interface Event {
  count?: number | null;
  images?: object[];
}

const schema = createSchema({
  typeDefs: `
    type Query { none: Int }
    interface Named { name: String }
    type Subscription { event(step: Int, isRead: Boolean): Event stepped(step: Int): Event }
    type Event implements Named {
      count: Int! name: String at: String absent: Int tags(first: Int = 2): [String!] images: [Image!]! owner: Owner! broken: Int
      later: Int info: String
    }
    type Image { url: String! }
    type Owner { id(prefix: String): ID! path: String }
  `,
  resolvers: {
    Subscription: {
      event: { resolve: (event: Event) => ({ count: 1, images: [], ...event }) },
      stepped: { resolve: (event: Event, { step }: { step?: number }) => ({ ...event, count: step }) },
    },
    Event: {
      name: () => 'event',
      absent: () => undefined,
      tags: (_: unknown, { first }: { first: number }) => Array.from({ length: first - 2 }),
      owner: () => ({}),
      broken: () => {
        throw new Error('It is broken');
      },
      later: () => Promise.reject(new Error('It is late')),
      info: (_: unknown, __: unknown, ___: unknown, info: { rootValue: unknown }) => typeof info.rootValue,
    },
    Owner: {
      id: (_: unknown, { prefix }: { prefix?: string }, { viewer }: { viewer: string }) =>
        `${prefix ?? ''}${viewer}`,
      path: (_: unknown, __: unknown, ___: unknown, info: { path: { prev: { key: string } } }) =>
        info.path.prev.key,
    },
  },
});

function planned(selection: string, variables: Record<string, unknown> = {}) {
  const document = parse(
    `subscription ($step: Int, $isAll: Boolean = true) { ${selection} } fragment Owned on Event { owner { id } }`,
  );
  const contextValue = { viewer: 'viewer' };
  const args = validateSubscriptionArgs({ schema, document, contextValue, variableValues: variables });
  if (!('schema' in args)) throw args[0]!;
  const plan = new EventPlan(args);
  return {
    run: (event: Event) => plan.run(event, contextValue),
    /** What graphql makes of it. */
    execute: (event: Event) => executeSubscriptionEvent({ ...args, rootValue: event }),
  };
}

it.each([
  'event { count name at absent }',
  'changed: event(step: $step) { total: count __typename }',
  'event { tags images { url } }',
  'event { ...Owned owner { path } ... on Event { owner { name: id(prefix: "p") } } ... { count } }',
])('answers what graphql answers: %s', async (selection) => {
  const { run, execute } = planned(selection);
  for (const event of [{ count: 2 }, { count: 3 }]) {
    const result = run(event);
    expect(result).toBeDefined();
    expect(JSON.stringify(result)).toBe(JSON.stringify(await execute(event)));
  }
});

it.each([
  ['an argument of the root field that is read', 'stepped(step: $step) { count }'],
  ['a directive', 'event { count @include(if: $isAll) }'],
  ['a fragment of another type', 'event { ... on Named { name } }'],
  ['a promise', 'event { count later }'],
  ['what belongs to one execution', 'event { info }'],
  ['an error', 'event { broken }'],
  ['a name that is no property', 'event { __proto__: count }'],
])('leaves to graphql %s', (_, selection) => {
  const { run } = planned(selection, { step: 1 });
  expect(run({})).toBeUndefined();
  expect(run({})).toBeUndefined();
});

it.each([
  ['null where there must be a value', 'event { count }', { count: null }],
  ['a value of another type', 'event { count }', { count: 1.5 }],
  ['items that are objects', 'event { images { url } }', { images: [{ url: 'u' }] }],
])('leaves one event to graphql for %s, and answers the next', (_, selection, event) => {
  const { run } = planned(selection);
  expect(run(event)).toBeUndefined();
  expect(run({ count: 2 })).toEqual({ data: { event: expect.anything() } });
});
