import type { Task } from '../api/task.ts';

/** A task as the API sends it, with what a test says of it. */
export function taskData(changes: Partial<Task> & { id: string }): Task & { __typename: 'Task' } {
  return {
    __typename: 'Task',
    scene: 'TEXT_TO_IMAGE',
    provider: entity('Provider', { id: 'provider-1', label: 'Forge', sandbox: false }),
    model: entity('Model', { id: 'model-1', label: 'Lumen XL' }),
    prompt: 'A lighthouse',
    options: { count: 1 },
    providerOptions: {},
    removedReferences: 0,
    referenceImages: [],
    status: 'PROCESSING',
    progress: entity('TaskProgress', { percent: 10, source: 'ESTIMATE', etaSeconds: 20 }),
    images: [],
    removedImages: 0,
    imagesExpiredAt: null,
    failure: null,
    costCredits: 4,
    refundedCredits: 0,
    version: 1,
    createdAt: '2026-03-01T10:00:00.000Z',
    startedAt: '2026-03-01T10:00:01.000Z',
    completedAt: null,
    deadlineAt: '2026-03-01T10:03:00.000Z',
    parent: null,
    ...changes,
  };
}

/** An image of a task. */
export function imageData(id: string): Task['images'][number] {
  return entity('Image', {
    id,
    url: `https://files.example/${id}`,
    downloadUrl: `https://files.example/${id}?download`,
    thumbnailUrl: `https://files.example/${id}/thumbnail`,
    thumbhash: '1QcSHQRnh493V4dIh4eXh1h4kJUI',
    width: 1024,
    height: 1024,
    favorite: false,
  });
}

/** Progress of a task. */
export function progressData(
  percent: number | null,
  changes: Partial<Task['progress']> = {},
): Task['progress'] {
  return entity('TaskProgress', { percent, source: 'PROVIDER', etaSeconds: null, ...changes });
}

/** A page of the viewer's tasks. */
export function feedData(tasks: Task[], page: { hasNextPage?: boolean; endCursor?: string } = {}) {
  return {
    __typename: 'Query',
    viewer: {
      __typename: 'Viewer',
      id: 'viewer-1',
      tasks: {
        __typename: 'TaskConnection',
        nodes: tasks,
        pageInfo: { __typename: 'PageInfo', hasNextPage: false, endCursor: null, ...page },
        totalCount: tasks.length,
      },
    },
  };
}

export function entity<Fields extends object>(
  typename: string,
  fields: Fields,
): Fields & { __typename: string } {
  return { __typename: typename, ...fields };
}
