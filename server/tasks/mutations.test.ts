import { graphql } from 'graphql';
import { expect, it } from 'vitest';
import { withCalls } from '../../tests/support/databases.ts';
import { addUser, openTaskStore } from '../../tests/support/tasks.ts';
import type { Context } from '../graphql/context.ts';
import type { ImageService } from '../images/service.ts';
import { createModelService } from '../models/service.ts';
import { schema } from '../schema.ts';
import { createPerKeySemaphore } from '../lib/per-key-limits.ts';
import { createLocalEvents } from './events.ts';
import { createTaskList } from './list.ts';
import { createTaskService } from './service.ts';
import { createIdempotencyKeys } from './store/idempotency-keys.ts';
import { createTaskStore } from './store/store.ts';

const { database } = await openTaskStore();
const { clock } = database;
const { prisma, calls } = withCalls(database.prisma);
const models = createModelService({ sandboxed: { replicate: true }, medianDurationMs: async () => null });
const tasks = createTaskService({
  store: createTaskStore({ prisma }),
  idempotencyKeys: createIdempotencyKeys({ prisma, clock }),
  images: {} as ImageService,
  models,
  events: createLocalEvents(),
  clock,
  onChange() {},
  taskTimeoutMs: 60_000,
  maxActiveTasks: 100,
  dailyLimits: {},
});

const taskList = createTaskList({ prisma, limit: createPerKeySemaphore(2) });

/** What `generateImage` answers, and how many statements it ran. */
async function generate(userId: string, viewerFields: string, idempotencyKey: string) {
  const source = `mutation ($idempotencyKey: String) { generateImage(input: {
    model: "black-forest-labs/flux-schnell", prompt: "A lighthouse", scene: TEXT_TO_IMAGE, idempotencyKey: $idempotencyKey
  }) {
    task { id status version createdAt progress { percent } images { url } referenceImages { url } model { name } }
    viewer { ${viewerFields} }
  } }`;
  const contextValue = { prisma, tasks, taskList, models, viewer: { id: userId } } as unknown as Context;
  calls.length = 0;
  const result = await graphql({ schema, source, contextValue, variableValues: { idempotencyKey } });
  expect(result.errors).toBeUndefined();
  type Payload = { task: { id: string }; viewer: Record<string, unknown> };
  return { ...(result.data?.['generateImage'] as Payload), statements: calls.length };
}

it('accepts a task and answers with it and the balance in one statement', async () => {
  const userId = await addUser(prisma, 20);
  const { viewer, statements } = await generate(userId, 'id credits name email __typename', 'a');
  expect(viewer).toMatchObject({ name: 'Tester', email: `${userId}@example.test`, __typename: 'Viewer' });
  expect(viewer['credits']).toBe((await prisma.user.findUniqueOrThrow({ where: { id: userId } })).credits);
  expect(viewer['credits']).toBeLessThan(20);
  expect(statements).toBe(1);
});

it('reads the lists of the user where the client selects them, and the user for a repeated request', async () => {
  const userId = await addUser(prisma, 20);
  const first = await generate(userId, 'credits name email tasks { nodes { status } }', 'a');
  expect(first.viewer).toMatchObject({ name: 'Tester', email: `${userId}@example.test` });
  expect(first.viewer['tasks']).toEqual({ nodes: [{ status: 'PENDING' }] });
  const repeat = await generate(userId, 'credits name', 'a');
  expect(repeat.task).toEqual(first.task);
  expect(repeat.viewer).toEqual({ credits: first.viewer['credits'], name: 'Tester' });
});
