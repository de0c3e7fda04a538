import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../database/testing.ts';
import { createTaskStore, type TaskStore } from './store.ts';
import { addUser, balances, newImage, newTask } from './testing.ts';

let database: TestDatabase;
let store: TaskStore;

beforeAll(async () => {
  database = await openTestDatabase();
  store = createTaskStore(database);
});
afterAll(() => database.close());

async function accepted(credits = 20, changes = {}) {
  const userId = await addUser(database.prisma, credits);
  const task = newTask(userId, changes);
  expect(await store.accept(task)).toBe('accepted');
  return { userId, task: (await store.find(task.id))! };
}

const all = { limit: 1_000, providers: ['scripted'] };
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
    expect(await store.accept(task)).toBe('refused');
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
    expect(outcomes.filter(({ outcome }) => outcome === 'full')).toHaveLength(35);
    expect(await balances(database.prisma, userId)).toEqual({ credits: 90, entries: 90 });
    const [first] = accepted;
    await store.settle({ id: first!.task.id, version: 1 }, failed);
    expect(await store.accept(next())).toBe('accepted');
    expect(await store.accept(next())).toBe('full');
  });

  it('accepts one of many copies with the same idempotency key, and charges once', async () => {
    const userId = await addUser(database.prisma, 20);
    const idempotency = { key: 'k', requestHash: 'h' };
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () => store.accept(newTask(userId, { idempotency }))),
    );
    expect(outcomes.toSorted()).toEqual(['accepted', ...Array.from({ length: 19 }, () => 'repeated')]);
    expect(await balances(database.prisma, userId)).toEqual({ credits: 18, entries: 18 });
  });

  it('does nothing where a reference image was deleted meanwhile', async () => {
    const userId = await addUser(database.prisma, 20);
    const task = newTask(userId, {
      referenceImageIds: ['deleted'],
      idempotency: { key: 'k', requestHash: 'h' },
    });
    expect(await store.accept(task)).toBe('dangling');
    expect(await store.find(task.id)).toBeNull();
    expect(await store.findKey(userId, 'k')).toBeNull();
    expect(await balances(database.prisma, userId)).toEqual({ credits: 20, entries: 20 });
  });

  it('forgets a key after its time', async () => {
    const { userId } = await accepted(20, { idempotency: { key: 'old', requestHash: 'h' } });
    expect(await store.findKey(userId, 'old')).not.toBeNull();
    await database.prisma
      .$executeRaw`UPDATE "IdempotencyKey" SET "createdAt" = now() - interval '73 hours' WHERE "userId" = ${userId}`;
    expect(await store.findKey(userId, 'old')).toBeNull();
    expect(await store.accept(newTask(userId, { idempotency: { key: 'old', requestHash: 'h' } }))).toBe(
      'accepted',
    );
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

describe('claim', () => {
  it('leases a due task to one node, and fences off the one before it', async () => {
    const { task } = await accepted();
    const [byA, byB] = await Promise.all(
      ['a', 'b'].map((node) => store.claim(node, { ...all, leaseMs: 60_000 })),
    );
    const claims = [...byA!, ...byB!].filter(({ id }) => id === task.id);
    expect(claims).toHaveLength(1);
    expect(claims[0]).toMatchObject({ version: 2, prompt: 'A lighthouse', options: { count: 1 } });
    expect(claims[0]?.createdAt).toBeInstanceOf(Date);
    expect(await store.change(task, { progressPercent: 10 })).toBeNull();
    expect(await store.settle(task, failed)).toBeNull();
    expect(await store.change(claims[0]!, { progressPercent: 10 })).toMatchObject({
      version: 3,
      progressPercent: 10,
    });
  });

  it('leases again what nobody renewed', async () => {
    const { task } = await accepted();
    await store.claim('a', { ...all, leaseMs: -1 });
    const again = await store.claim('b', { ...all, leaseMs: 60_000 });
    expect(again.find(({ id }) => id === task.id)).toMatchObject({ leaseOwner: 'b', version: 3 });
  });

  it('is given back once: what comes again or late, as its answer was lost, moves nothing', async () => {
    const { task } = await accepted();
    const claims = await store.claim('a', { ...all, leaseMs: 60_000 });
    const claimed = claims.find(({ id }) => id === task.id)!;
    const dueAt = new Date(Date.now() + 1_000);
    const free = { leaseOwner: null, leaseExpiresAt: null, dueAt };
    expect(await store.touch(claimed, free)).toBe(true);
    expect(await store.touch(claimed, { ...free, dueAt: new Date(Date.now() + 9_000) })).toBe(false);
    expect(await store.touch(claimed, { leaseExpiresAt: new Date(Date.now() + 60_000) })).toBe(false);
    expect(await store.find(task.id)).toMatchObject({ ...free, version: 2 });
  });
});

describe('forget', () => {
  it('removes what is over, more than one batch of it, and nothing else', async () => {
    const { prisma } = database;
    await prisma.$executeRaw`
      INSERT INTO "WebhookDelivery" ("id", "receivedAt")
      SELECT 'delivery-' || n, now() - interval '2 hours' FROM generate_series(1, 5001) n`;
    await store.remembers('recent');
    const { userId } = await accepted(20, { idempotency: { key: 'recent', requestHash: 'h' } });
    await prisma.$executeRaw`
      INSERT INTO "IdempotencyKey" ("userId", "key", "requestHash", "taskId", "createdAt")
      SELECT ${userId}, 'old-' || n, 'h', 't', now() - interval '73 hours' FROM generate_series(1, 5001) n`;
    await store.forget();
    expect(await prisma.webhookDelivery.findMany({ select: { id: true } })).toEqual([{ id: 'recent' }]);
    expect(await prisma.idempotencyKey.count({ where: { userId } })).toBe(1);
  });
});

describe('countRunning', () => {
  it('counts the tasks that the provider works on', async () => {
    const { task } = await accepted(20, { provider: 'counted' });
    await accepted(20, { provider: 'counted' });
    expect(await store.countRunning('counted')).toBe(0);
    const running = (await store.change(task, { operation: { id: 'op' } }))!;
    expect(await store.countRunning('counted')).toBe(1);
    await store.settle(running, failed);
    expect(await store.countRunning('counted')).toBe(0);
  });
});

describe('overdue', () => {
  it('finds tasks past their deadline, leased or not', async () => {
    const { task } = await accepted(20, { timeoutMs: -1 });
    await store.claim('a', { ...all, leaseMs: 60_000 });
    expect((await store.overdue({ ...all, except: [] })).map(({ id }) => id)).toContain(task.id);
  });
});

describe('medianDurationMs', () => {
  it('is the median of the recent successes, once there are five', async () => {
    const userId = await addUser(database.prisma, 100);
    for (const seconds of [1, 2, 3, 4, 100]) {
      expect(await store.medianDurationMs('timed')).toBeNull();
      const task = newTask(userId, { model: 'timed' });
      await store.accept(task);
      const started = await store.change(
        { id: task.id, version: 1 },
        { status: 'PROCESSING', startedAt: new Date() },
      );
      await store.settle(started!, { status: 'SUCCESS', refundCredits: 0 });
      await database.prisma
        .$executeRaw`UPDATE "Task" SET "startedAt" = "completedAt" - ${seconds}::int * interval '1 second' WHERE "id" = ${task.id}`;
    }
    expect(await store.medianDurationMs('timed')).toBe(3_000);
  });
});
