import { buildSchema, parse, type GraphQLObjectType } from 'graphql';
import { beforeEach, describe, expect, it } from 'vitest';
import { createPageComplexity } from './operation-cost.ts';
import { createPointCounter } from './operation-points.ts';

const schema = buildSchema(`
  type Query { row(id: ID): Row  rows(first: Int, after: ID, filter: Filter): [Row!]! }
  input Filter { text: String }
  type Row { id: ID }
`);
const pageComplexity = createPageComplexity(100);
let measured = 0;
(schema.getType('Query') as GraphQLObjectType).getFields()['rows']!.extensions = {
  complexity: (args: object) => {
    measured += 1;
    return pageComplexity(args);
  },
};

const document = parse(`
  query Page($first: Int = 10, $after: ID, $filter: Filter) { rows(first: $first, after: $after, filter: $filter) { id } }
  query Other($id: ID) { row(id: $id) { id } rows(first: 5) { id } }
`);

describe('the points of an operation', () => {
  let count: ReturnType<typeof createPointCounter>;
  const points = (operationName: string, variableValues: Record<string, unknown> = {}) =>
    count({ schema, document, operationName, variableValues }).points;
  beforeEach(() => {
    count = createPointCounter();
    measured = 0;
  });

  it('are measured once for all values of a variable that does not change them', () => {
    expect([points('Other', { id: '1' }), points('Other', { id: '2' }), measured]).toEqual([3, 3, 1]);
  });

  it('are those of each operation, page size and default', () => {
    expect([points('Page'), points('Page', { first: null }), points('Page', { first: 50 })]).toEqual([
      5, 9, 21,
    ]);
    expect([points('Page'), points('Page', { first: null }), points('Page', { first: 50 })]).toEqual([
      5, 9, 21,
    ]);
    expect([points('Other'), measured]).toEqual([3, 4]);
  });

  it('are not those of faulty variables, which were sent before', () => {
    expect(points('Other', { id: {} })).toBe(1);
    expect(points('Other', { id: '1' })).toBe(3);
  });

  it('are those of a refusal wherever the operation is too complex', () => {
    const sent = { schema, document, operationName: 'Page', variableValues: { first: 99 } };
    const tooMany = parse(
      `{ ${Array.from({ length: 8 }, (_, index) => `a${index}: rows(first: 100) { id }`).join(' ')} }`,
    );
    for (let time = 0; time < 2; time += 1)
      expect(count({ schema, document: tooMany })).toEqual({ points: 5, isTooComplex: true });
    expect(count(sent)).toEqual({ points: 40, isTooComplex: false });
  });

  it('of the values sent last are known, however many came before', () => {
    const pointsOf = (first: number) =>
      expect(points('Page', { first })).toBe(Math.ceil((1 + first * 101) / 250));
    for (let first = 1; first <= 25; first += 1) pointsOf(first);
    expect(measured).toBe(25);
    for (let first = 6; first <= 25; first += 1) pointsOf(first);
    expect(measured).toBe(25);
    pointsOf(1);
    expect(measured).toBe(26);
  });

  it('of long values and objects are measured each time', () => {
    for (const further of [{ after: 'x'.repeat(600) }, { filter: {} }])
      for (let time = 0; time < 2; time += 1) expect(points('Page', { first: 1, ...further })).toBe(1);
    expect(measured).toBe(4);
  });
});
