import { expect, it } from 'vitest';
import { createHeldPolls } from './held-polls.ts';

/** A provider of 600 polls a minute, whose hundred tasks are polled every 10 s; `moves` are the delays of the first ones. */
function held(...due: number[]) {
  const moves: number[] = [];
  const polls = createHeldPolls({
    providers: { counted: { pollsPerMinute: 600 }, free: {} },
    pace: { evenMs: async () => 10_000 },
    async spreadPolls(_, { delayMs }) {
      moves.push(Math.round(delayMs / 100) * 100);
      return due.shift() ?? 0;
    },
  });
  return { polls, moves };
}

// Turns red where all that become due during a hold are moved to its end, and exceed the limit together again.
it('moves polls behind those that were moved before, for as long as each is polled once', async () => {
  const { polls, moves } = held(4, 100, 1);
  polls.hold('counted', 1_000);
  for (let time = 0; time < 4; time += 1) expect(await polls.spreadDue()).toEqual(['counted']);
  // A fifth of the limit is free for them: one in 500 ms.
  expect(moves).toEqual([1_000, 3_000, 1_000, 1_500]);
});

it('holds only what is counted, for the shortest of the times', async () => {
  const { polls, moves } = held();
  polls.hold('free', 1_000);
  expect(await polls.spreadDue()).toEqual([]);
  polls.hold('counted', 1_000);
  polls.hold('counted', 0);
  expect(await polls.spreadDue()).toEqual([]);
  expect(moves).toEqual([]);
});
