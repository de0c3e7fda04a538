import { describe, expect, it } from 'vitest';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { addUser, openTaskStore, balances, newImage, newTask } from '../../../tests/support/tasks.ts';

const { database, store, accepted } = await openTaskStore();

const failed = { status: 'FAILED', failureCode: 'PROVIDER_ERROR', refundCredits: 2 } as const;

describe('accept', () => {
  it('takes the credits, writes the entry and inserts the task', async () => {
    const { userId, task } = await accepted();
    expect(task).toMatchObject({
      status: 'PENDING',
      version: 1,
      prompt: 'A lighthouse',
      options: { count: 1 },
    });
    expect(task.deadlineAt.getTime() - task.createdAt.getTime()).toBe(60_000);
    expect(await balances(database.prisma, userId)).toEqual({ credits: 18, entries: 18 });
  });

  it('does nothing where the credits do not suffice', async () => {
    const userId = await addUser(database.prisma, 3);
    const task = newTask(userId, { costCredits: 4 });
    expect(await store.accept(task)).toBe('insufficientCredits');
    expect(await store.find(task.id)).toBeNull();
    expect(await balances(database.prisma, userId)).toEqual({ credits: 3, entries: 3 });
  });

  it('accepts exactly as many of 200 at once as the credits pay for', async () => {
    const userId = await addUser(database.prisma, 100);
    const outcomes = await Promise.all(Array.from({ length: 200 }, () => store.accept(newTask(userId))));
    expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(50);
    expect(await balances(database.prisma, userId)).toEqual({ credits: 0, entries: 0 });
    expect(await database.prisma.task.count({ where: { userId } })).toBe(50);
  });

  it('accepts exactly as many of 40 at once as may be unfinished, and one more when one has ended', async () => {
    const userId = await addUser(database.prisma, 100);
    const next = () => newTask(userId, { maxActiveTasks: 5 });
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const task = next();
        return { task, outcome: await store.accept(task) };
      }),
    );
    const accepted = outcomes.filter(({ outcome }) => outcome === 'accepted');
    expect(accepted).toHaveLength(5);
    expect(outcomes.filter(({ outcome }) => outcome === 'tooManyActive')).toHaveLength(35);
    expect(await balances(database.prisma, userId)).toEqual({ credits: 90, entries: 90 });
    const [first] = accepted;
    await store.settle({ id: first!.task.id, version: 1 }, failed);
    expect(await store.accept(next())).toBe('accepted');
    expect(await store.accept(next())).toBe('tooManyActive');
  });

  it('accepts one of many copies with the same idempotency key, and charges once', async () => {
    const userId = await addUser(database.prisma, 20);
    const idempotency = { key: 'k', requestHash: 'h' };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => store.accept(newTask(userId, { idempotency }))),
    );
    expect(outcomes.toSorted()).toEqual(['accepted', ...Array.from({ length: 19 }, () => 'duplicateKey')]);
    expect(await balances(database.prisma, userId)).toEqual({ credits: 18, entries: 18 });
  });

  it('does nothing where a reference image was deleted meanwhile', async () => {
    const userId = await addUser(database.prisma, 20);
    const task = newTask(userId, {
      referenceImageIds: ['deleted'],
      idempotency: { key: 'k', requestHash: 'h' },
    });
    expect(await store.accept(task)).toBe('missingReference');
    expect(await store.find(task.id)).toBeNull();
    expect(await createIdempotencyKeys(database).find(userId, 'k')).toBeNull();
    expect(await balances(database.prisma, userId)).toEqual({ credits: 20, entries: 20 });
  });
});

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
