import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import type { ImageService } from '../images/service.ts';
import { catalogue } from '../models/catalogue.ts';
import { createModelService } from '../models/service.ts';
import { createLocalEvents } from './events.ts';
import { createTaskService } from './service.ts';
import { createIdempotencyKeys } from './store/idempotency-keys.ts';
import { createTaskStore, type TaskStore } from './store/store.ts';
import { addUser, balances, newImage, newTask } from '../../tests/support/tasks.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const model = 'google/nano-banana';

/** A user with an upload that can be deleted right before a request is charged, as by a request at the same time. */
async function prepare() {
  const { prisma, clock } = database;
  const store = createTaskStore(database);
  const userId = await addUser(prisma, 20);
  const image = await prisma.image.create({ data: newImage(userId) });
  let isDeletedNext = false;
  const accept: TaskStore['accept'] = async (task) => {
    if (isDeletedNext) await prisma.image.deleteMany({ where: { id: image.id } });
    return store.accept(task);
  };
  const events = createLocalEvents();
  const service = createTaskService({
    store: { ...store, accept },
    idempotencyKeys: createIdempotencyKeys(database),
    images: {} as ImageService,
    models: createModelService({
      sandboxed: { replicate: true, gemini: true },
      medianDurationMs: async () => null,
    }),
    events,
    clock,
    onChange: () => {},
    taskTimeoutMs: 60_000,
    maxActiveTasks: 100,
    dailyLimits: {},
  });
  const generate = () =>
    service.generate(
      { id: userId },
      {
        model: catalogue.find(({ name }) => name === model)!.name,
        prompt: 'A lighthouse',
        scene: 'IMAGE_TO_IMAGE',
        referenceImageIds: [image.id],
        options: {},
        providerOptions: undefined,
        idempotencyKey: 'one',
      },
    );
  return { userId, service, generate, deleteNext: () => (isDeletedNext = true) };
}

describe('a reference image that is deleted while the request is under way', () => {
  const refusal = { code: 'NOT_FOUND', field: 'referenceImages' };

  it('refuses generate with NOT_FOUND, and charges nothing', async () => {
    const { userId, generate, deleteNext } = await prepare();
    deleteNext();
    await expect(generate()).rejects.toMatchObject(refusal);
    expect(await balances(database.prisma, userId)).toEqual({ credits: 20, entries: 20 });
  });

  it('refuses retry with NOT_FOUND, and charges nothing', async () => {
    const { userId, service, generate, deleteNext } = await prepare();
    const { id } = (await generate()).task;
    deleteNext();
    await expect(service.retry({ id: userId }, id)).rejects.toMatchObject(refusal);
    expect(await balances(database.prisma, userId)).toEqual({ credits: 16, entries: 16 });
  });
});

it('charges one request of a user at a time, and other users meanwhile', async () => {
  const { prisma, clock } = database;
  const store = createTaskStore(database);
  const userIds = [await addUser(prisma, 20), await addUser(prisma, 20)];
  const charging: string[] = [];
  const released = Promise.withResolvers<void>();
  const accept: TaskStore['accept'] = async (task) => {
    charging.push(task.userId);
    await released.promise;
    return store.accept(task);
  };
  const service = createTaskService({
    store: { ...store, accept },
    idempotencyKeys: createIdempotencyKeys(database),
    images: {} as ImageService,
    models: createModelService({ sandboxed: { replicate: true }, medianDurationMs: async () => null }),
    events: createLocalEvents(),
    clock,
    onChange: () => {},
    taskTimeoutMs: 60_000,
    maxActiveTasks: 100,
    dailyLimits: {},
  });
  const input = { model, prompt: 'A lighthouse', referenceImageIds: [], options: {} };
  const generated = [0, 0, 0, 1].map((user) =>
    service.generate(
      { id: userIds[user]! },
      { ...input, scene: 'TEXT_TO_IMAGE', providerOptions: undefined },
    ),
  );
  await expect.poll(() => charging.toSorted()).toEqual(userIds.toSorted());
  released.resolve();
  await Promise.all(generated);
  expect(charging).toHaveLength(4);
});

it('charges again for an expired key, and answers an unexpired one without the credits for it', async () => {
  const { userId, generate } = await prepare();
  const first = await generate();
  await database.prisma.user.update({ where: { id: userId }, data: { credits: 0 } });
  expect(await generate()).toEqual({ task: first.task });
  await database.prisma.user.update({ where: { id: userId }, data: { credits: 16 } });
  await database.prisma
    .$executeRaw`UPDATE "IdempotencyKey" SET "createdAt" = now() - interval '73 hours' WHERE "userId" = ${userId}`;
  const second = await generate();
  expect(second.account?.credits).toBe(12);
  expect(second.task.id).not.toBe(first.task.id);
});

describe('delete', () => {
  /** A task that ended with two pictures, one of which is deleted as `delete` is about to remove the task. */
  async function raced({ isTaskDeleted = false } = {}) {
    const { prisma, clock } = database;
    const store = createTaskStore(database);
    const userId = await addUser(prisma, 20);
    const task = newTask(userId);
    await store.accept(task);
    const pictures = [0, 1].map((position) => newImage(userId, { position }));
    await store.settle({ ...task, version: 1 }, { status: 'SUCCESS', images: pictures, refundCredits: 0 });
    let removals = 0;
    const remove: TaskStore['remove'] = async (read) => {
      removals += 1;
      if (removals === 1) await prisma.image.delete({ where: { id: pictures[0]!.id } });
      if (removals === 1 && isTaskDeleted) await prisma.task.delete({ where: { id: task.id } });
      return store.remove(read);
    };
    const discarded: string[] = [];
    const discard: ImageService['discard'] = async (images) => {
      discarded.push(...images.map(({ storageKey }) => storageKey));
      return 0;
    };
    const service = createTaskService({
      store: { ...store, remove },
      idempotencyKeys: createIdempotencyKeys(database),
      images: { discard } as ImageService,
      models: createModelService({ sandboxed: {}, medianDurationMs: async () => null }),
      events: createLocalEvents(),
      clock,
      onChange: () => {},
      taskTimeoutMs: 60_000,
      maxActiveTasks: 100,
      dailyLimits: {},
    });
    return { userId, task, service, store, pictures, discarded };
  }

  // Turns red where a version that has passed counts as no task.
  it('removes a task one of whose pictures is deleted at the same time', async () => {
    const { userId, task, service, store, pictures, discarded } = await raced();
    await service.delete(userId, task.id);
    expect(await store.find(task.id)).toBeNull();
    expect(discarded).toEqual([pictures[1]!.storageKey]);
  });

  it('says NOT_FOUND of a task that is deleted at the same time', async () => {
    const { userId, task, service, discarded } = await raced({ isTaskDeleted: true });
    await expect(service.delete(userId, task.id)).rejects.toMatchObject({ code: 'NOT_FOUND', field: 'id' });
    expect(discarded).toEqual([]);
  });
});
