import { whileSignedIn } from '../auth/credential-watch.ts';
import { CreditEntry } from '../credits/schema.ts';
import { builder } from '../graphql/builder.ts';
import { localId } from '../graphql/global-id.ts';
import { nodeLoaders } from '../graphql/nodes.ts';
import { requireViewer } from '../graphql/context.ts';
import { Image } from '../images/schema.ts';
import { mostImages, mostReferenceImages } from '../models/catalogue.ts';
import { Model, Provider, Scene } from '../models/schema.ts';
import type { TaskList } from './list.ts';
import type { TaskService } from './service.ts';
import { MediaType, TaskFailure, TaskProgress, TaskStatus } from './state-types.ts';
import { snapshotInclude } from './store/snapshot.ts';
import { knownFailure, knownScene, knownStatus, optionsOf, providerOptionsOf } from './task.ts';

declare module '../graphql/context.ts' {
  interface Services {
    tasks: TaskService;
    taskList: TaskList;
  }
}

/** The pictures always come along, as they do in an event: so a subscriber's fields but `parent` cost no query. */
export const taskComplexity = 1 + mostImages + mostReferenceImages;

export const TaskType = builder.prismaNode('Task', {
  description: 'One request for images.',
  id: { field: 'id' },
  include: snapshotInclude,
  findUnique: (id, { viewer }) => ({ id, userId: viewer?.id ?? '' }),
  fields: (t) => ({
    mediaType: t.field({ type: MediaType, description: 'What it makes.', resolve: () => 'IMAGE' as const }),
    scene: t.field({ type: Scene, description: 'What it starts from.', resolve: knownScene }),
    provider: t.field({
      type: Provider,
      description: 'The service that runs its model.',
      resolve: (task, _, { models }) => models.provider(task.provider),
    }),
    model: t.field({
      type: Model,
      description: 'The model that makes its images.',
      resolve: (task, _, { models }) => models.ofTask(task),
    }),
    prompt: t.exposeString('prompt', { description: 'The prompt as accepted, trimmed.' }),
    options: t.field({
      type: 'JSON',
      description: 'The options as accepted, defaults filled in.',
      resolve: optionsOf,
    }),
    providerOptions: t.field({
      type: 'JSON',
      description: "Further inputs, by the provider's own names, as accepted.",
      resolve: providerOptionsOf,
    }),
    referenceImages: t.field({
      type: [Image],
      complexity: { multiplier: mostReferenceImages },
      description: 'The reference images in the order of the request, without those deleted since.',
      resolve: (task) => task.referenceImages.flatMap(({ image }) => image ?? []),
    }),
    removedReferences: t.int({
      description: 'How many reference images of the request have been deleted since.',
      resolve: (task) => task.referenceImages.filter(({ image }) => !image).length,
    }),
    costCredits: t.exposeInt('costCredits', { description: 'Charged when the task was accepted.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was accepted.' }),
    deadlineAt: t.expose('deadlineAt', {
      type: 'DateTime',
      description:
        'A task that is unfinished at this instant is ended as FAILED with TIMEOUT within seconds.',
    }),
  }),
});

/** What changes until the task is final, and when it changed. */
builder.prismaObjectFields(TaskType, (t) => ({
  status: t.field({ type: TaskStatus, description: 'The state of the task.', resolve: knownStatus }),
  progress: t.field({
    type: TaskProgress,
    description: 'How far it is.',
    resolve: (task, _, { tasks }) => tasks.progress(task),
  }),
  images: t.field({
    type: [Image],
    complexity: { multiplier: mostImages },
    description:
      'Its results in the order of the provider, without those deleted since; empty before SUCCESS.',
    resolve: (task) => task.images,
  }),
  removedImages: t.exposeInt('deletedImages', {
    description:
      'How many of its results are no longer there: deleted by their user, or by the installation.',
  }),
  imagesExpiredAt: t.expose('imagesExpiredAt', {
    type: 'DateTime',
    nullable: true,
    description:
      'When the installation last deleted results of it, because it keeps them for a limited time only; null where it did not.',
  }),
  failure: t.field({
    type: TaskFailure,
    nullable: true,
    description: 'Set where, and only where, status is FAILED.',
    resolve: knownFailure,
  }),
  refundedCredits: t.exposeInt('refundedCredits', {
    description:
      "Given back: all of it on FAILED and CANCELED, the missing images' share where fewer came than were asked for.",
  }),
  version: t.exposeInt('version', {
    description: 'Rises by at least one with every change; a higher version is newer.',
  }),
  startedAt: t.expose('startedAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When the provider began; null before that.',
  }),
  completedAt: t.expose('completedAt', {
    type: 'DateTime',
    nullable: true,
    description: 'When it became final; null before that.',
  }),
}));

builder.prismaObjectField(TaskType, 'parent', (t) =>
  t.field({
    type: TaskType,
    nullable: true,
    complexity: taskComplexity,
    description:
      'The task that this one repeats, varies or takes an image from; null where there is none, or it has been deleted.',
    resolve: ({ parentId, userId }, _, { tasks }) => (parentId ? tasks.find(userId, parentId) : null),
  }),
);

// Prisma refuses every row of a statement for one enum value that this version does not know.
nodeLoaders.set('Task', (id, { tasks, viewer }) => viewer && tasks.find(viewer.id, id));

// Not by relation: the loader batches these reads and reads each task once, however many images lead back to it.
builder.prismaObjectField(Image, 'task', (t) =>
  t.field({
    type: TaskType,
    nullable: true,
    complexity: taskComplexity,
    description: 'The task that made it; null for an upload.',
    resolve: ({ taskId, userId }, _, { tasks }) => (taskId === null ? null : tasks.find(userId, taskId)),
  }),
);

builder.prismaObjectField(CreditEntry, 'task', (t) =>
  t.field({
    type: TaskType,
    nullable: true,
    complexity: taskComplexity,
    description: 'The task that was charged or refunded; null for a grant, and where the task was deleted.',
    resolve: ({ taskId, userId }, _, { tasks }) => (taskId === null ? null : tasks.find(userId, taskId)),
  }),
);

builder.queryField('task', (t) =>
  t.field({
    type: TaskType,
    nullable: true,
    access: 'read',
    complexity: taskComplexity,
    description: 'Null where there is none, and where it belongs to someone else.',
    args: { id: t.arg.id({ required: true, description: 'The id of a task.' }) },
    resolve: (_, { id }, context) => {
      const viewer = requireViewer(context);
      const taskId = localId(id, 'Task');
      return taskId === undefined ? null : context.tasks.find(viewer.id, taskId);
    },
  }),
);

builder.subscriptionField('taskUpdated', (t) =>
  t.field({
    type: TaskType,
    access: 'read',
    description:
      'The task as it is now, then after every change, in rising `version`; completes after the final state, or when the task is deleted. ' +
      "Without `id`: the viewer's unfinished tasks as they are now, then every change of any of the viewer's tasks, and within " +
      '5 seconds those created in the last 10 seconds that have ended; it does not complete.',
    args: { id: t.arg.id({ description: 'The id of a task; all tasks of the viewer where left out.' }) },
    subscribe: (_, { id }, context) => {
      const viewer = requireViewer(context);
      const { tasks } = context;
      const states =
        id == null ? tasks.followAll(viewer.id) : tasks.follow(viewer.id, localId(id, 'Task') ?? '');
      return whileSignedIn(context, states);
    },
    resolve: (task) => task,
  }),
);
