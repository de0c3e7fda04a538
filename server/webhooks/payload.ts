/**
 * The body of a webhook. The schema itself resolves the task, so that a receiver reads what a subscriber reads. The columns
 * are those at the event; the inputs, which never change, and the pictures are read from the task when the webhook is sent,
 * and are empty where the user has deleted it. The body is bounded, as the request that made the task is, and the number of
 * its pictures.
 */
import type { Prisma } from '../generated/prisma/client.ts';
import type { Context } from '../graphql/context.ts';
import type { FixedQuery } from '../graphql/fixed-query.ts';
import { toGlobalId } from '../graphql/global-id.ts';
import type { ImageService } from '../images/service.ts';
import type { ModelService } from '../models/service.ts';
import type { TaskLoader } from '../tasks/store/loader.ts';
import type { TaskSnapshot } from '../tasks/store/snapshot.ts';
import { progressOf } from '../tasks/task.ts';
import type { ClaimedDelivery } from './delivery/claim.ts';
import { sampleSnapshot } from './sample.ts';

/** Every field of a task and of its images; of provider, model and parent what names them. */
export function createTaskQuery(leaves: (typeName: string) => string): string {
  return `query ($id: ID!) { task(id: $id) {
    ${leaves('Task')} provider { id name label sandbox } model { id name label } progress { ${leaves('TaskProgress')} }
    referenceImages { ${leaves('Image')} } images { ${leaves('Image')} } failure { ${leaves('TaskFailure')} } parent { id }
  } }`;
}

interface Dependencies {
  /** Runs the query of `createTaskQuery`. */
  queryTask: FixedQuery;
  tasks: Pick<TaskLoader, 'find'>;
  images: ImageService;
  models: ModelService;
}

const types = { TASK_UPDATED: 'task.updated', TASK_COMPLETED: 'task.completed' } as const;

/** @returns the `webhook-id` and the body of a delivery */
export function createPayloadRenderer({ queryTask, tasks, images, models }: Dependencies) {
  return async (delivery: ClaimedDelivery): Promise<{ id: string; body: string }> => {
    const { id, event, taskId, userId, snapshot, createdAt } = delivery;
    const current = taskId === null ? null : await tasks.find(taskId, userId);
    const task = taskAt({ id: taskId, userId, ...(snapshot ?? sampleSnapshot(delivery)) }, current);
    const context = {
      images,
      models,
      tasks: {
        find: async (owner: string, id: string) => (id === task.id ? task : tasks.find(id, owner)),
        progress: (shown: TaskSnapshot) => progressOf(shown, createdAt.getTime()),
      },
      viewer: { id: userId, credentialId: '' },
      fileUrl: (url: string) => url,
    };
    // The fields of the query use nothing else of a context.
    const data = await queryTask(context as unknown as Context, { id: toGlobalId('Task', task.id) });
    const payload = {
      type: types[event],
      timestamp: createdAt.toISOString(),
      ...(snapshot === null && { test: true }),
      data,
    };
    return { id: toGlobalId('WebhookDelivery', id), body: JSON.stringify(payload) };
  };
}

/** The task as it was at the event, with the inputs and pictures that are left of it. */
function taskAt(columns: Prisma.JsonObject, current: TaskSnapshot | null): TaskSnapshot {
  const dateOf = (name: string) => {
    const text = columns[name];
    return typeof text === 'string' ? new Date(text) : null;
  };
  return {
    prompt: current?.prompt ?? '',
    options: current?.options ?? {},
    providerOptions: current?.providerOptions ?? {},
    ...columns,
    createdAt: dateOf('createdAt'),
    deadlineAt: dateOf('deadlineAt'),
    startedAt: dateOf('startedAt'),
    completedAt: dateOf('completedAt'),
    deletedImages: current?.deletedImages ?? 0,
    imagesExpiredAt: current?.imagesExpiredAt ?? null,
    images: (columns['completedAt'] !== null && current?.images) || [],
    referenceImages: current?.referenceImages ?? [],
  } as unknown as TaskSnapshot;
}
