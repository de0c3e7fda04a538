import { describe, expect, it } from 'vitest';
import { settleAll } from './settle-all.ts';

describe('settleAll', () => {
  it('resolves with every value in order', async () => {
    expect(await settleAll<[number, string]>([Promise.resolve(1), 'two'])).toEqual([1, 'two']);
  });

  it('rejects with the first reason, and only when nothing is under way any more', async () => {
    const slow = Promise.withResolvers<number>();
    const states: string[] = [];
    const all = settleAll<[number, number]>([Promise.reject(new Error('first')), slow.promise]).catch(
      (error: Error) => states.push(error.message),
    );
    await new Promise(setImmediate);
    states.push('slow');
    slow.resolve(1);
    await all;
    expect(states).toEqual(['slow', 'first']);
  });
});
