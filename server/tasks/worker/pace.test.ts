import { expect, it } from 'vitest';
import type { Task } from '../../generated/prisma/client.ts';
import { createPace } from './pace.ts';

const nowMs = 1_000_000;

/** Of forty tasks that share 600 polls a minute. */
function paceOf(ageMs: number, expectedDurationMs: number): Promise<number> {
  const clock = { nowMs: () => nowMs };
  const pace = createPace({
    providers: { paced: { pollsPerMinute: 600 }, free: {} },
    clock,
    countRunning: async () => 40,
  });
  return pace.nextPollMs({
    provider: 'paced',
    startedAt: new Date(nowMs - ageMs),
    expectedDurationMs,
  } as Task);
}

it('polls a task less often while it is young, and again when it may be near its end', async () => {
  expect(await paceOf(0, 60_000)).toBe(16_000);
  expect(await paceOf(20_000, 60_000)).toBe(10_000);
  expect(await paceOf(29_000, 60_000)).toBe(4_000);
  expect(await paceOf(30_000, 60_000)).toBe(4_000);
  expect(await paceOf(600_000, 60_000)).toBe(4_000);
});
