/** Nodes of two versions on one database: each reads what the other wrote, and one odd row spoils no whole answer. */
import { graphql } from 'graphql';
import { v7 as uuid } from 'uuid';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../graphql/context.ts';
import { schema } from '../schema.ts';
import type { ImageService } from '../images/service.ts';
import { systemClock } from '../lib/clock.ts';
import { createPerKeySemaphore } from '../lib/per-key-limits.ts';
import { createMedianDuration } from '../models/median-duration.ts';
import { createModelService } from '../models/service.ts';
import { createLocalEvents } from './events.ts';
import { createTaskList } from './list.ts';
import { createTaskService } from './service.ts';
import { createIdempotencyKeys } from './store/idempotency-keys.ts';
import { addUser, newImage, newTask, openTaskStore } from '../../tests/support/tasks.ts';

const { database, store, accept } = await openTaskStore();

const sql = (text: string, ...values: unknown[]) => database.prisma.$executeRawUnsafe(text, ...values);

/** What the user is answered. */
async function ask(userId: string, source: string, variableValues: Record<string, unknown> = {}) {
  const { prisma } = database;
  const models = createModelService({
    sandboxed: { replicate: true, gemini: true },
    medianDurationMs: createMedianDuration(database),
  });
  const images = {} as ImageService;
  const events = createLocalEvents();
  const tasks = createTaskService({
    store,
    idempotencyKeys: createIdempotencyKeys(database),
    images,
    models,
    events,
    clock: systemClock,
    onChange() {},
    taskTimeoutMs: 60_000,
    maxActiveTasks: 100,
    dailyLimits: {},
  });
  const viewer = { id: userId, credentialId: 'session' };
  const taskList = createTaskList({ prisma, limit: createPerKeySemaphore(2) });
  const contextValue = { prisma, models, tasks, taskList, images, viewer, address: '' } as unknown as Context;
  return graphql({ schema, source, variableValues, contextValue });
}

const page = `{ viewer { tasks { nodes {
  id mediaType scene status options prompt
  provider { name label sandbox models { name } }
  model {
    id name label retired scenes maxImages typicalDurationMs providerOptions provider { label }
    costCredits(scene: TEXT_TO_IMAGE, count: 3)
  }
  progress { percent source etaSeconds } failure { code message retryable }
} } } }`;

async function readPage(userId: string): Promise<Record<string, unknown>[]> {
  const { data, errors } = await ask(userId, page);
  expect(errors).toBeUndefined();
  return (data as { viewer: { tasks: { nodes: Record<string, unknown>[] } } }).viewer.tasks.nodes;
}

/** A user with a task that every version can read, and one whose columns are set as given. */
async function userWithRow(columns: string, ...values: unknown[]) {
  const userId = await addUser(database.prisma, 20);
  const odd = newTask(userId);
  const plain = newTask(userId);
  for (const task of [odd, plain]) expect(await accept(task)).toBe('accepted');
  await sql(`UPDATE "Task" SET ${columns} WHERE "id" = '${odd.id}'`, ...values);
  return { userId, odd, plain };
}

describe('an older node', () => {
  it('reads a task whose model and provider it does not know', async () => {
    const { userId, odd } = await userWithRow(`"model" = 'someone/next-model', "provider" = 'someone'`);
    const nodes = await readPage(userId);
    expect(nodes).toHaveLength(2);
    expect(nodes[1]).toMatchObject({
      provider: { name: 'someone', label: 'someone', sandbox: false, models: [] },
      model: {
        name: 'someone/next-model',
        label: 'someone/next-model',
        retired: true,
        scenes: [],
        typicalDurationMs: null,
        provider: { label: 'someone' },
        costCredits: 6,
      },
    });
    const filter =
      'query ($model: ID!) { viewer { tasks(filter: { model: $model }) { totalCount nodes { prompt } } } }';
    const { id: model } = (nodes[1] as { model: { id: string } }).model;
    const { data } = await ask(userId, filter, { model });
    expect(data).toMatchObject({ viewer: { tasks: { totalCount: 1, nodes: [{ prompt: odd.prompt }] } } });
  });

  it.each(['SOMETHING_NEW', '', 'constructor', 'toString'])(
    'reads a task that failed for %j',
    async (failureCode) => {
      const { userId } = await userWithRow(
        `"status" = 'FAILED', "failureCode" = $1, "completedAt" = now()`,
        failureCode,
      );
      expect((await readPage(userId))[1]).toMatchObject({
        status: 'FAILED',
        failure: { code: 'PROVIDER_ERROR', message: expect.any(String), retryable: true },
      });
    },
  );

  it.each(['[]', 'null', '"2"', '{}', '{"count": "many", "style": "new"}', '{"count": -1}'])(
    'reads, and settles, a task whose options are %s',
    async (options) => {
      const { userId, odd } = await userWithRow(`"options" = '${options}'`);
      expect(await readPage(userId)).toHaveLength(2);
      const task = (await store.find(odd.id))!;
      const ending = { status: 'FAILED', failureCode: 'PROVIDER_ERROR', refundCredits: 2 } as const;
      expect(await store.settle(task, ending)).toMatchObject({ status: 'FAILED' });
    },
  );

  it('refuses to repeat a task whose model it does not know, and names the field', async () => {
    const { userId, odd } = await userWithRow(
      `"model" = 'someone/next-model', "status" = 'CANCELED', "completedAt" = now()`,
    );
    const { errors } = await ask(userId, 'mutation ($id: ID!) { retryTask(id: $id) { task { id } } }', {
      id: Buffer.from(`Task:${odd.id}`).toString('base64'),
    });
    expect(errors?.[0]?.originalError).toMatchObject({ code: 'INVALID_INPUT', field: 'model' });
  });

  describe('on a database that a newer one has widened', () => {
    beforeAll(async () => {
      for (const name of ['TaskStatus', 'Scene', 'ProgressSource', 'MediaType'])
        await sql(`ALTER TYPE "${name}" ADD VALUE 'NEWER'`);
      for (const name of ['Task', 'Image', 'User'])
        await sql(`ALTER TABLE "${name}" ADD COLUMN "later" text NOT NULL DEFAULT 'x'`);
    });

    it.each([
      [`"mediaType" = 'NEWER'`, { mediaType: 'IMAGE' }],
      [`"scene" = 'NEWER'`, { scene: 'TEXT_TO_IMAGE' }],
      [`"progressSource" = 'NEWER'`, { progress: { source: 'ESTIMATE' } }],
      [
        `"status" = 'NEWER', "completedAt" = now()`,
        { status: 'FAILED', failure: { code: 'PROVIDER_ERROR' } },
      ],
    ])('reads a task with %s', async (columns, shown) => {
      const { userId } = await userWithRow(columns);
      const nodes = await readPage(userId);
      expect(nodes).toHaveLength(2);
      expect(nodes[1]).toMatchObject(shown);
      const byIds = 'query ($ids: [ID!]!) { nodes(ids: $ids) { id ... on Task { status images { id } } } }';
      const ids = nodes.map(({ id }) => id);
      const { data } = await ask(userId, byIds, { ids });
      expect(data?.['nodes']).toMatchObject(ids.map((id) => ({ id })));
    });

    it('accepts, leases, changes and ends a task', async () => {
      const userId = await addUser(database.prisma, 20);
      const task = newTask(userId);
      expect(await accept(task)).toBe('accepted');
      const leased = await store.claimOne({ id: task.id, attempt: 0 }, 'node', 60_000);
      const changed = await store.change(leased!, { progressPercent: 40 });
      expect(changed).not.toHaveProperty('later');
      const image = newImage(userId);
      const ended = await store.settle(changed!, { status: 'SUCCESS', images: [image], refundCredits: 0 });
      expect(ended?.images).toMatchObject([{ id: image.id }]);
      expect(await readPage(userId)).toMatchObject([{ status: 'SUCCESS' }]);
    });
  });
});

describe('a newer node', () => {
  it('reads a task that the first version wrote, by the columns that it knew', async () => {
    const userId = await addUser(database.prisma, 20);
    await sql(
      `INSERT INTO "Task" ("id", "userId", "scene", "provider", "model", "prompt", "options", "providerOptions",
         "costCredits", "expectedDurationMs", "deadlineAt", "dueAt")
       VALUES ($1, $2, 'TEXT_TO_IMAGE', 'gemini', 'gemini-3-pro-image', 'A lighthouse', '{"count":1}', '{}', 2, 28000,
         now() + interval '1 minute', now())`,
      uuid(),
      userId,
    );
    expect(await readPage(userId)).toMatchObject([
      { status: 'PENDING', failure: null, model: { name: 'gemini-3-pro-image-preview', retired: false } },
    ]);
  });
});
