/** The provider's answers, in a table of their own. */
import { expect, it } from 'vitest';
import { openTaskStore } from '../../../tests/support/tasks.ts';

const { database, store, accepted } = await openTaskStore();
const { prisma } = database;

const answerOf = async (taskId: string) =>
  (await prisma.taskAnswer.findUnique({ where: { taskId } }))?.providerAnswer;

it('keeps the last answer of a task apart from it, until the task is deleted', async () => {
  const { task } = await accepted();
  const running = (await store.change(task, { providerAnswer: { status: 'processing' } }))!;
  expect(running.providerAnswer).toBeNull();
  expect(await answerOf(task.id)).toEqual({ status: 'processing' });

  const waiting = (await store.change(running, { unansweredPolls: 1 }))!;
  expect(await answerOf(task.id)).toEqual({ status: 'processing' });

  const ended = { status: 'FAILED', failureCode: 'PROVIDER_ERROR', refundCredits: 2 } as const;
  const failed = (await store.settle(waiting, { ...ended, answer: { status: 'failed' } }))!;
  expect(await answerOf(task.id)).toEqual({ status: 'failed' });
  expect(await store.find(task.id)).toMatchObject({ status: 'FAILED', providerAnswer: null });

  expect(await store.remove(failed)).toBe(true);
  expect(await answerOf(task.id)).toBeUndefined();
});

it('keeps the last answer where the end brings none, and none of a change that was refused', async () => {
  const { task } = await accepted();
  const running = (await store.change(task, { providerAnswer: { status: 'processing' } }))!;
  expect(await store.change(task, { providerAnswer: { status: 'stale' } })).toBeNull();
  await store.settle(running, { status: 'CANCELED', refundCredits: 2 });
  expect(await answerOf(task.id)).toEqual({ status: 'processing' });
});
