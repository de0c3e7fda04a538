import { describe, expect, it } from 'vitest';
import { openTaskStore, balances, newImage } from '../../../tests/support/tasks.ts';

const { database, store, accepted } = await openTaskStore();

const failed = { status: 'FAILED', failureCode: 'PROVIDER_ERROR', refundCredits: 2 } as const;

describe('settle', () => {
  it('refunds once, however often it is tried', async () => {
    const { userId, task } = await accepted();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => store.settle(task, failed)));
    expect(outcomes.filter(Boolean)).toHaveLength(1);
    expect(await balances(database.prisma, userId)).toEqual({ credits: 20, entries: 20 });
    expect(await store.find(task.id)).toMatchObject({ status: 'FAILED', refundedCredits: 2, dueAt: null });
  });

  it('does not touch a final task, even under its own version', async () => {
    const { userId, task } = await accepted();
    const ended = (await store.settle(task, failed))!;
    expect(await store.settle(ended, { status: 'CANCELED', refundCredits: 2 })).toBeNull();
    expect((await store.find(task.id))?.status).toBe('FAILED');
    expect(await balances(database.prisma, userId)).toEqual({ credits: 20, entries: 20 });
  });

  it('keeps the pictures and gives back the share of the missing ones', async () => {
    const { userId, task } = await accepted(20, { options: { count: 4 }, costCredits: 8 });
    const image = newImage(userId);
    const ended = await store.settle(task, { status: 'SUCCESS', images: [image], refundCredits: 6 });
    expect(ended).toMatchObject({ status: 'SUCCESS', refundedCredits: 6, images: [image] });
    expect(await balances(database.prisma, userId)).toEqual({ credits: 18, entries: 18 });
  });
});
