import { expect, it } from 'vitest';
import { withCalls } from '../../../tests/support/databases.ts';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { createTaskStore } from './store.ts';
import { addUser, openTaskStore, balances, newImage, newTask } from '../../../tests/support/tasks.ts';

const { database, store, accept, accepted } = await openTaskStore();
const { prisma } = database;

const failed = { status: 'FAILED', failureCode: 'PROVIDER_ERROR', refundCredits: 2 } as const;

it('takes the credits, writes the entry and inserts the task', async () => {
  const { userId, task } = await accepted();
  expect(task).toMatchObject({
    status: 'PENDING',
    version: 1,
    prompt: 'A lighthouse',
    options: { count: 1 },
  });
  expect(task.deadlineAt.getTime() - task.createdAt.getTime()).toBe(60_000);
  expect(await balances(prisma, userId)).toEqual({ credits: 18, entries: 18 });
});

it('does nothing where the credits do not suffice', async () => {
  const userId = await addUser(prisma, 3);
  const task = newTask(userId, { costCredits: 4 });
  expect(await accept(task)).toBe('insufficientCredits');
  expect(await store.find(task.id)).toBeNull();
  expect(await balances(prisma, userId)).toEqual({ credits: 3, entries: 3 });
});

it('accepts exactly as many of 200 at once as the credits pay for', async () => {
  const userId = await addUser(prisma, 100);
  const outcomes = await Promise.all(Array.from({ length: 200 }, () => accept(newTask(userId))));
  expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(50);
  expect(await balances(prisma, userId)).toEqual({ credits: 0, entries: 0 });
  expect(await prisma.task.count({ where: { userId } })).toBe(50);
});

it('accepts exactly as many of 40 at once as may be unfinished, and one more when one has ended', async () => {
  const userId = await addUser(prisma, 100);
  const next = () => newTask(userId, { maxActiveTasks: 5 });
  const outcomes = await Promise.all(
    Array.from({ length: 40 }, async () => {
      const task = next();
      return { task, outcome: await accept(task) };
    }),
  );
  const accepted = outcomes.filter(({ outcome }) => outcome === 'accepted');
  expect(accepted).toHaveLength(5);
  expect(outcomes.filter(({ outcome }) => outcome === 'tooManyActive')).toHaveLength(35);
  expect(await balances(prisma, userId)).toEqual({ credits: 90, entries: 90 });
  const [first] = accepted;
  await store.settle({ id: first!.task.id, version: 1 }, failed);
  expect(await accept(next())).toBe('accepted');
  expect(await accept(next())).toBe('tooManyActive');
});

it('accepts one of many copies with the same idempotency key, and charges once', async () => {
  const userId = await addUser(prisma, 20);
  const idempotency = { key: 'k', requestHash: 'h' };
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => accept(newTask(userId, { idempotency }))),
  );
  expect(outcomes.toSorted()).toEqual(['accepted', ...Array.from({ length: 19 }, () => 'duplicateKey')]);
  expect(await balances(prisma, userId)).toEqual({ credits: 18, entries: 18 });
});

it('does nothing where a reference image was deleted meanwhile', async () => {
  const userId = await addUser(prisma, 20);
  const task = newTask(userId, {
    referenceImageIds: ['deleted'],
    idempotency: { key: 'k', requestHash: 'h' },
  });
  expect(await accept(task)).toBe('missingReference');
  expect(await store.find(task.id)).toBeNull();
  expect(await createIdempotencyKeys(database).find(userId, 'k')).toBeNull();
  expect(await balances(prisma, userId)).toEqual({ credits: 20, entries: 20 });
});

it('returns the task with its references, and the balance, as a later read does, in one statement', async () => {
  const userId = await addUser(prisma, 20);
  const images = [newImage(userId), newImage(userId)];
  await prisma.image.createMany({ data: images });
  const [first, second] = images.map(({ id }) => id);
  const task = newTask(userId, {
    referenceImageIds: [second!, first!, second!],
    maxReferenceBytesTotal: 30,
    idempotency: { key: 'k', requestHash: 'h' },
  });
  const counting = withCalls(prisma);
  const result = await createTaskStore(counting).accept(task);
  expect(counting.calls).toEqual(['$queryRaw']);
  const { name, email, role } = await prisma.user.findUniqueOrThrow({ where: { id: userId } });
  expect(result).toEqual({
    task: await store.find(task.id),
    account: { id: userId, name, email, credits: 18, role },
  });
  const { task: created } = result as Extract<typeof result, object>;
  expect(created.referenceImages.map(({ image }) => image?.id)).toEqual(task.referenceImageIds);
});

it('refuses references of others and those that are too large, alone or together', async () => {
  const [userId, stranger] = [await addUser(prisma, 20), await addUser(prisma, 20)];
  const [own, other, foreign] = [newImage(userId), newImage(userId), newImage(stranger)];
  await prisma.image.createMany({ data: [own, other, foreign] });
  const limits = { maxReferenceBytes: own.byteSize, maxReferenceBytesTotal: 2 * own.byteSize };
  const acceptWith = (images: { id: string }[], changes = {}) =>
    accept(newTask(userId, { ...limits, referenceImageIds: images.map(({ id }) => id), ...changes }));
  expect(await acceptWith([own, foreign])).toBe('missingReference');
  expect(await acceptWith([own], { maxReferenceBytes: own.byteSize - 1 })).toBe('referencesTooLarge');
  expect(await acceptWith([own, other, own])).toBe('referencesTooLarge');
  expect(await balances(prisma, userId)).toEqual({ credits: 20, entries: 20 });
  expect(await acceptWith([own, other])).toBe('accepted');
});

it('refuses a used key whatever the balance, without a failed statement', async () => {
  const userId = await addUser(prisma, 20);
  const idempotency = { key: 'k', requestHash: 'h' };
  expect(await accept(newTask(userId, { idempotency }))).toBe('accepted');
  const failures: unknown[] = [];
  const watching = prisma.$extends({
    query: {
      $queryRaw: ({ args, query }) =>
        query(args).catch((error: unknown) => {
          failures.push(error);
          throw error;
        }),
    },
  });
  const watched = createTaskStore({ prisma: watching as never });
  expect(await watched.accept(newTask(userId, { idempotency, costCredits: 1_000 }))).toBe('duplicateKey');
  expect(await watched.accept(newTask(userId, { idempotency }))).toBe('duplicateKey');
  expect(failures).toEqual([]);
});
