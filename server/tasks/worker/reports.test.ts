import { expect, it } from 'vitest';
import type { Task } from '../../generated/prisma/client.ts';
import type { GenerationState, ProviderReport } from '../../providers/provider.ts';
import { createReportHandler } from './reports.ts';

const progress = (taskId: string, percent: number): ProviderReport =>
  report(taskId, { status: 'running', operation: {}, started: true, percent, externalId: taskId });
const result = (taskId: string): ProviderReport =>
  report(taskId, { status: 'succeeded', images: [] as never, externalId: taskId });

function report(taskId: string, state: GenerationState): ProviderReport {
  return { taskId, attempt: 1, deliveryId: 'delivery', state };
}

/** A handler whose steps end when `release` is called; `handled` names what was handled, in order. */
function handle() {
  const handled: string[] = [];
  const released = Promise.withResolvers<void>();
  const handler = createReportHandler({
    store: { claimOne: async ({ id }) => ({ id }) as Task, find: async () => null },
    running: {
      ended: async () => {},
      async begin(_, step) {
        await step({} as never);
        await released.promise;
      },
    },
    steps: {
      async handleReport(_, { taskId, state }) {
        handled.push(`${taskId} ${state.status === 'running' ? state.percent : state.status}`);
      },
      cancelUnwanted: async () => {},
    },
    isKnown: () => false,
    node: 'a',
    leaseMs: 1_000,
    stopping: new AbortController().signal,
  });
  return { handler, handled, release: released.resolve };
}

it('handles the furthest of the reports of progress that wait, those of all tasks together', async () => {
  const { handler, handled, release } = handle();
  const first = handler(progress('a', 1));
  const others = ['b', 'c'].map((taskId) => handler(progress(taskId, 1)));
  const waiting = [10, 30, 20].map((percent) => handler(progress('d', percent)));
  await expect.poll(() => handled).toEqual(['a 1']);
  // Turns red where each waits for the step of the one before.
  await expect.poll(() => handled).toEqual(['a 1', 'b 1', 'c 1', 'd 30']);
  release();
  await Promise.all([first, ...others, ...waiting]);
  expect(handled).toHaveLength(4);
});

it('lets a result wait for no report of progress, and drops the one before it', async () => {
  const { handler, handled, release } = handle();
  const others = ['a', 'b', 'c'].map((taskId) => handler(progress(taskId, 1)));
  const before = handler(progress('d', 50));
  const end = handler(result('d'));
  await expect.poll(() => handled).toContain('d succeeded');
  release();
  await Promise.all([...others, before, end]);
  expect(handled).not.toContain('d 50');
});

it('handles the reports of one task in order', async () => {
  const { handler, handled, release } = handle();
  const first = handler(progress('a', 1));
  await expect.poll(() => handled).toEqual(['a 1']);
  const second = handler(result('a'));
  expect(handled).toEqual(['a 1']);
  release();
  await Promise.all([first, second]);
  expect(handled).toEqual(['a 1', 'a succeeded']);
});

it('handles a repeated delivery of progress once', async () => {
  const { handler, handled, release } = handle();
  release();
  await handler(progress('a', 1), async () => true);
  await handler(progress('a', 2), async () => false);
  expect(handled).toEqual(['a 1']);
});
