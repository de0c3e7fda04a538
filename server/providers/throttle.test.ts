import { expect, it } from 'vitest';
import type { GenerationRequest, ImageProvider } from './provider.ts';
import { throttle } from './throttle.ts';

const signal = AbortSignal.timeout(5_000);

function counted() {
  const calls = { start: 0, poll: 0, cancel: 0 };
  const running = { status: 'running', operation: null, started: true } as const;
  const provider: ImageProvider = {
    start: async () => (calls.start++, running),
    poll: async () => (calls.poll++, running),
    cancel: async () => void calls.cancel++,
  };
  return { calls, provider: throttle(provider, { name: 'counted', limits: { creations: 2, others: 3 } }) };
}

it('makes the calls that the limits allow, and tells when to try the others again', async () => {
  const { calls, provider } = counted();
  const states = await Promise.all([1, 2, 3].map(() => provider.start({} as GenerationRequest, { signal })));
  expect(calls.start).toBe(2);
  expect(states.filter(({ status }) => status === 'running')).toHaveLength(2);
  const refused = states.find(({ status }) => status === 'failed');
  expect(refused).toMatchObject({
    failure: { code: 'RATE_LIMITED', retry: { afterMs: expect.any(Number) } },
  });

  const polls = await Promise.all([1, 2, 3, 4].map(() => provider.poll!(null, { signal })));
  expect(calls.poll).toBe(3);
  expect(polls.find(({ status }) => status === 'postponed')).toMatchObject({
    retryAfterMs: expect.any(Number),
  });
});

it('never holds back a cancellation', async () => {
  const { calls, provider } = counted();
  for (let index = 0; index < 10; index += 1) await provider.cancel!(null, { signal });
  expect(calls.cancel).toBe(10);
});

// Turns red where all calls of a minute may be made at once: the others then wait for the rest of the minute.
it('spreads a limit of many calls over the minute', async () => {
  const running = { status: 'running', operation: null, started: true } as const;
  const provider = throttle(
    { start: async () => running, poll: async () => running },
    { name: 'spread', limits: { creations: 600, others: 3_000 } },
  );
  const states = await Promise.all(Array.from({ length: 500 }, () => provider.poll!(null, { signal })));
  const postponed = states.flatMap((state) => (state.status === 'postponed' ? [state.retryAfterMs] : []));
  expect(postponed.length).toBeGreaterThan(0);
  expect(Math.max(...postponed)).toBeLessThanOrEqual(2_000);
  expect(new Set(postponed).size).toBeGreaterThan(1);
});
