import { Client, type Exchange, gql, makeOperation } from '@urql/core';
import { map, pipe } from 'wonka';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLazyExchange } from './lazy-exchange.ts';

const Name = gql('query Name { name }');

/** Answers each query with its place among all that came. */
function counting(): Exchange {
  let count = 0;
  return () => (operations) =>
    pipe(
      operations,
      map((operation) => ({
        operation: makeOperation(operation.kind, operation),
        data: { kind: operation.kind, place: ++count },
        stale: false,
        hasNext: false,
      })),
    );
}

function start(load: () => Promise<Exchange>) {
  return new Client({ url: 'http://localhost/graphql', exchanges: [createLazyExchange(load)] });
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('an exchange that comes later', () => {
  it('gets what waited for it, in order, and all that follows', async () => {
    const loading = Promise.withResolvers<Exchange>();
    const client = start(() => loading.promise);
    const first = client.query(Name, { at: 1 }).toPromise();
    const second = client.query(Name, { at: 2 }).toPromise();
    loading.resolve(counting());
    expect((await first).data).toEqual({ kind: 'query', place: 1 });
    expect((await second).data.place).toBeGreaterThan(1);
    const answer = await client.query(Name, { at: 3 }).toPromise();
    expect(answer.data.kind).toBe('query');
  });

  it('is asked for again where it did not come', async () => {
    let attempts = 0;
    const client = start(async () => {
      attempts += 1;
      if (attempts === 1) throw new TypeError('Failed to fetch');
      return counting();
    });
    const answer = client.query(Name, {}).toPromise();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(attempts).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect((await answer).data.place).toBe(1);
  });

  it('is done without where it never comes', async () => {
    const client = new Client({
      url: 'http://localhost/graphql',
      exchanges: [createLazyExchange(() => Promise.reject(new TypeError('Failed to fetch'))), counting()],
    });
    const answer = client.query(Name, {}).toPromise();
    await vi.advanceTimersByTimeAsync(15_000);
    expect((await answer).data.place).toBe(1);
  });
});
