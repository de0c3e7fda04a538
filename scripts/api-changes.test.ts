import { describe, expect, it } from 'vitest';
import { findApiChanges } from './api-changes.ts';

const today = new Date('2027-03-02T00:00:00Z');
const until = (date: string) => `@deprecated(reason: "Ask for \`b\`; until ${date}.")`;
const changesOf = (released: string, current: string) => findApiChanges(released, current, today);
const breakingOf = (released: string, current: string) => changesOf(released, current).breaking;

describe('a breaking change', () => {
  it.each([
    ['a field that is gone', 'type Query { a: Int b: Int }', 'type Query { b: Int }'],
    ['another type of a field', 'type Query { a: Int b: Int c: ID }', 'type Query { a: ID b: Int c: ID }'],
    ['a new required argument', 'type Query { a: Int }', 'type Query { a(b: Int!): Int }'],
    ['a type that nothing leads to', 'type Query { a: Int } enum E { X }', 'type Query { a: Int }'],
    ['a value that is gone', 'type Query { a: E } enum E { X Y }', 'type Query { a: E } enum E { X }'],
  ])('is %s', (_, released, current) => {
    expect(breakingOf(released, current)).toHaveLength(1);
  });

  it('is a deprecated field that goes before its date, or without one', () => {
    const current = 'type Query { b: Int }';
    expect(breakingOf(`type Query { a: Int ${until('2027-03-02')} b: Int }`, current)).toEqual([
      expect.stringContaining('Query.a'),
    ]);
    expect(breakingOf('type Query { a: Int @deprecated(reason: "Old.") b: Int }', current)).toHaveLength(1);
  });

  it('is none where the deprecated member goes after its date, with the types that only it led to', () => {
    const past = until('2027-03-01');
    expect(
      breakingOf(
        `type Query { a(x: In ${past}): Old ${past} b(y: In2, z: Int ${past}): E } type Old { c: Int } input In { d: Int }
         input In2 { e: Int ${past} f: Int } enum E { X ${past} Y }`,
        'type Query { b(y: In2): E } input In2 { f: Int } enum E { Y }',
      ),
    ).toEqual([]);
  });
});

it('lists a new enum value as dangerous, and nothing of a new field', () => {
  expect(changesOf('type Query { a: E } enum E { X }', 'type Query { a: E b: Int } enum E { X Y }')).toEqual({
    breaking: [],
    dangerous: [expect.stringContaining('E.Y')],
  });
});
