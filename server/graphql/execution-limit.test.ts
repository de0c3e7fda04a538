import {
  execute,
  isListType,
  isNonNullType,
  isObjectType,
  getNamedType,
  parse,
  type GraphQLField,
} from 'graphql';
import { expect, it } from 'vitest';
import { catalogue } from '../models/catalogue.ts';
import { limits } from './operation-cost.ts';
import { schema } from '../schema.ts';

/** Executes without the limits before it, on that many models. */
async function answerOf(document: string, count: number) {
  const models = Array.from({ length: count }, () => catalogue[0]!);
  const contextValue = { models: { models: () => models } };
  return execute({ schema, document: parse(document), contextValue });
}

it('ends an operation that has more to answer than was foreseen', async () => {
  const { data, errors } = await answerOf('{ models { name label } }', limits.values);
  expect(data).toBeNull();
  expect(errors?.[0]?.originalError).toMatchObject({ code: 'QUERY_TOO_COMPLEX' });
});

it('answers a long list without keeping the event loop to itself', async () => {
  let ticks = 0;
  const tick = () => {
    ticks += 1;
    timer = setImmediate(tick);
  };
  let timer = setImmediate(tick);
  const { data } = await answerOf(
    '{ before: models { name } models { name label scenes aspectRatios } }',
    1_000,
  );
  clearImmediate(timer);
  expect(data?.['models']).toHaveLength(1_000);
  expect(ticks).toBeGreaterThan(50);
});

const pages = Object.values(schema.getTypeMap())
  .flatMap((type) => (isObjectType(type) ? Object.values(type.getFields()) : []))
  .filter(({ type }) => getNamedType(type).name.endsWith('Connection'))
  .map((field) => [field.name, field] as const);

it.each(pages)('refuses pages of %s that cannot be', async (_, { resolve }) => {
  for (const [args, field] of [
    [{ first: 101 }, 'first'],
    [{ last: 101 }, 'last'],
    [{ first: 0 }, 'first'],
    [{ last: 0 }, 'last'],
    [{ first: -1 }, 'first'],
    [{ last: -1 }, 'last'],
    [{ first: 1, last: 1 }, 'last'],
  ] as const)
    expect(() => resolve?.({}, args, { viewer: { role: 'ADMIN' } }, {} as never)).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT', field }),
    );
});

it('knows of every list of objects what it can hold', () => {
  const isList = ({ type }: GraphQLField<unknown, unknown>) =>
    isListType(isNonNullType(type) ? type.ofType : type) && isObjectType(getNamedType(type));
  const lists = Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) => Object.values((isObjectType(type) && type.getFields()) || {}))
    .filter(isList);
  const multiplierOf = ({ extensions }: GraphQLField<unknown, unknown>) =>
    (extensions['complexity'] as { multiplier?: number }).multiplier;
  expect(lists.length).toBeGreaterThan(5);
  // 100, which a list counts for without a multiplier, is more than any holds.
  for (const list of lists) expect([list.name, multiplierOf(list)]).not.toEqual([list.name, 100]);
});
