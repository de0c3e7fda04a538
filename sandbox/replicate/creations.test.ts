import { describe, expect, it } from 'vitest';
import { parseDuration, parsePreferredWait } from './creations.ts';

describe('parseDuration', () => {
  it.each([
    ['30', 30_000],
    ['15s', 15_000],
    ['1m', 60_000],
    ['1h30m45s', 5_445_000],
    ['', undefined],
    ['1.5s', undefined],
    ['soon', undefined],
  ])('reads %j as %j', (value, expected) => {
    expect(parseDuration(value)).toBe(expected);
  });
});

describe('parsePreferredWait', () => {
  it.each([
    [undefined, undefined],
    ['respond-async', undefined],
    ['wait', 60],
    ['wait=10', 10],
    ['wait=0', 1],
    ['wait=900', 60],
  ])('reads %j as %j', (value, expected) => {
    expect(parsePreferredWait(value)).toBe(expected);
  });
});
