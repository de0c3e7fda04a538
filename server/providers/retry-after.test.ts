import { describe, expect, it } from 'vitest';
import { durationMs, jitteredWaitMs, requestedWaitMs } from './retry-after.ts';

describe('requestedWaitMs', () => {
  it.each<[string, Record<string, string>, unknown, number | undefined]>([
    ['nothing', {}, undefined, undefined],
    ['seconds in the header', { 'retry-after': '3' }, undefined, 3000],
    ['a date that has passed', { 'retry-after': 'Mon, 02 Mar 2026 09:00:00 GMT' }, undefined, 0],
    ['a header of words', { 'retry-after': 'soon' }, undefined, undefined],
    ['an empty header', { 'retry-after': '' }, undefined, undefined],
    ['a number in the body', {}, { retry_after: 1.5 }, 1500],
    ['a number of characters', {}, { retry_after: '4' }, 4000],
    ['a negative number', {}, { retry_after: -4 }, undefined],
    ['a text', {}, { detail: 'Your rate limit resets in ~30s.' }, 30_000],
    ['a text of other words', {}, { detail: 'Slow down.' }, undefined],
    ['the longest', { 'retry-after': '3' }, { retry_after: 5, detail: 'in ~4s' }, 5000],
    ['a body of another kind', {}, 'in ~4s', undefined],
  ])('reads %s', (_, headers, body, waitMs) => {
    expect(requestedWaitMs(new Headers(headers), body)).toBe(waitMs);
  });

  it('reads a date by the clock of the answer', () => {
    const headers = { date: 'Mon, 02 Mar 2026 09:00:00 GMT', 'retry-after': 'Mon, 02 Mar 2026 09:00:07 GMT' };
    expect(requestedWaitMs(new Headers(headers), undefined)).toBe(7_000);
  });

  it('reads a date to come', () => {
    const at = new Date(Date.now() + 20_000).toUTCString();
    const waitMs = requestedWaitMs(new Headers({ 'retry-after': at }), undefined);
    expect(waitMs).toBeGreaterThan(15_000);
    expect(waitMs).toBeLessThanOrEqual(20_000);
  });
});

it.each<[unknown, number | undefined]>([
  ['48s', 48_000],
  ['34.4s', 34_400],
  ['48', undefined],
  ['s', undefined],
  [48, undefined],
  [null, undefined],
])('reads the duration %j', (value, waitMs) => {
  expect(durationMs(value)).toBe(waitMs);
});

it.each<[number, number, number]>([
  [0, 500, 600],
  [10_000, 10_000, 12_000],
  [Number.POSITIVE_INFINITY, 60_000, 60_000],
])('spreads a wait of %d ms between %d and %d', (waitMs, fromMs, toMs) => {
  const waits = Array.from({ length: 50 }, () => jitteredWaitMs(waitMs));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(fromMs);
  expect(Math.max(...waits)).toBeLessThanOrEqual(toMs);
});
