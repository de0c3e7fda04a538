import { whileSignedIn } from '../auth/session-watch.ts';
import { CreditEntry } from '../credits/schema.ts';
import { AppError } from '../lib/errors.ts';
import { builder } from '../graphql/builder.ts';
import { createPageComplexity } from '../graphql/operation-cost.ts';
import { checkedCursor, localId } from '../graphql/global-id.ts';
import { type Context, requireViewer } from '../graphql/context.ts';
import { Image } from '../images/schema.ts';
import { findModel, mostImages, mostReferenceImages } from '../models/catalogue.ts';
import { Model, Provider, Scene } from '../models/schema.ts';
import { type FailureCode as FailureCodeValue, failureCodes } from '../providers/provider.ts';
import type { TaskCondition, TaskList } from './list.ts';
import type { TaskService } from './service.ts';
import { snapshotInclude } from './store/snapshot.ts';
import {
  failures,
  knownFailure,
  knownScene,
  knownStatus,
  optionsOf,
  type Progress,
  providerOptionsOf,
  taskStatuses,
} from './task.ts';

declare module '../graphql/context.ts' {
  interface Services {
    tasks: TaskService;
    taskList: TaskList;
  }
}

export const MediaType = builder.enumType('MediaType', { values: ['IMAGE'] as const });

const TaskStatus = builder.enumType('TaskStatus', {
  description:
    'PENDING → PROCESSING → SUCCESS, FAILED or CANCELED. The last three are final; no task ever goes back.',
  values: taskStatuses,
});

const ProgressSource = builder.enumType('ProgressSource', {
  values: {
    PROVIDER: { description: 'The provider reported the percentage.' },
    ESTIMATE: { description: "Derived from the time elapsed and the model's typical duration." },
  } as const,
});

const TaskProgress = builder.objectRef<Progress>('TaskProgress').implement({
  fields: (t) => ({
    percent: t.exposeInt('percent', {
      nullable: true,
      description: '0 to 100; never falls; 100 only in SUCCESS; null while nothing can be said.',
    }),
    source: t.expose('source', { type: ProgressSource }),
    etaSeconds: t.exposeInt('etaSeconds', {
      nullable: true,
      description: 'Seconds left, an estimate; null when unknown or overdue.',
    }),
  }),
});

const FailureCode = builder.enumType('FailureCode', {
  description: 'Why a task that was accepted ended as FAILED. It is data, never an entry of `errors`.',
  values: failureCodes,
});

const TaskFailure = builder.objectRef<FailureCodeValue>('TaskFailure').implement({
  fields: (t) => ({
    code: t.field({ type: FailureCode, resolve: (code) => code }),
    message: t.string({
      description: 'For the user of the task; contains no provider text, key or URL.',
      resolve: (code) => failures[code].message,
    }),
    retryable: t.boolean({
      description: 'Whether the same request may succeed later.',
      resolve: (code) => failures[code].retryable,
    }),
  }),
});

/** The pictures always come along, as they do in an event: so a subscriber's fields cost no query. */
const taskComplexity = 1 + mostImages + mostReferenceImages;

export const TaskType = builder.prismaNode('Task', {
  description: 'One request for images.',
  id: { field: 'id' },
  include: snapshotInclude,
  findUnique: (id, { viewer }) => ({ id, userId: viewer?.id ?? '' }),
  fields: (t) => ({
    mediaType: t.field({ type: MediaType, resolve: () => 'IMAGE' as const }),
    scene: t.field({ type: Scene, resolve: knownScene }),
    provider: t.field({
      type: Provider,
      resolve: (task, _, { models }) => models.provider(task.provider),
    }),
    model: t.field({ type: Model, resolve: (task, _, { models }) => models.ofTask(task) }),
    prompt: t.exposeString('prompt'),
    options: t.field({
      type: 'JSON',
      description: 'The options as accepted, defaults filled in.',
      resolve: optionsOf,
    }),
    providerOptions: t.field({ type: 'JSON', resolve: providerOptionsOf }),
    referenceImages: t.field({
      type: [Image],
      complexity: { multiplier: mostReferenceImages },
      description: 'Those that have not been deleted since.',
      resolve: (task) => task.referenceImages.flatMap(({ image }) => image ?? []),
    }),
    status: t.field({ type: TaskStatus, resolve: knownStatus }),
    progress: t.field({ type: TaskProgress, resolve: (task, _, { tasks }) => tasks.progress(task) }),
    images: t.field({
      type: [Image],
      complexity: { multiplier: mostImages },
      resolve: (task) => task.images,
    }),
    failure: t.field({
      type: TaskFailure,
      nullable: true,
      description: 'Set where, and only where, status is FAILED.',
      resolve: knownFailure,
    }),
    costCredits: t.exposeInt('costCredits', { description: 'Charged when the task was accepted.' }),
    refundedCredits: t.exposeInt('refundedCredits', {
      description:
        "Given back: all of it on FAILED and CANCELED, the missing images' share where fewer came than were asked for.",
    }),
    version: t.exposeInt('version', {
      description: 'Rises by at least one with every change; a higher version is newer.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true }),
    completedAt: t.expose('completedAt', { type: 'DateTime', nullable: true }),
    deadlineAt: t.expose('deadlineAt', {
      type: 'DateTime',
      description:
        'A task that is unfinished at this instant is ended as FAILED with TIMEOUT within seconds.',
    }),
  }),
});

const TaskFilter = builder.inputType('TaskFilter', {
  fields: (t) => ({
    status: t.field({ type: [TaskStatus] }),
    scene: t.field({ type: Scene }),
    model: t.id({ description: '`Model.id` or `Model.name`.' }),
    search: t.string({
      description:
        'Up to 16 words; the prompt contains each of them, whatever the case and the composition of its letters.',
    }),
  }),
});

builder.prismaObjectField('User', 'tasks', (t) =>
  t.prismaConnection(
    {
      type: TaskType,
      cursor: 'id',
      maxSize: 100,
      complexity: createPageComplexity(taskComplexity),
      description:
        'Newest first. `totalCount` is exact without a filter; with one it counts to 10,000 at most.',
      args: { filter: t.arg({ type: TaskFilter }) },
      totalCount: ({ id }, { filter }, context) => countOnce(context, id, conditionOf(filter)),
      resolve: async ({ cursor, take }, { id: userId }, { filter }, { tasks, taskList }) => {
        // Ids rise with time, so that one is a place among the rows even when its own has been deleted, or is no row of
        // this user's.
        const beyond = cursor && checkedCursor(cursor.id);
        // Prisma refuses a whole page for one enum value that this version does not know.
        return tasks.findMany(userId, await taskList.page(userId, conditionOf(filter), { take, beyond }));
      },
    },
    { name: 'TaskConnection' },
    { name: 'TaskEdge' },
  ),
);

const conditionOf = (filter: typeof TaskFilter.$inferInput | null | undefined): TaskCondition => ({
  ...(filter?.status && { status: [...new Set(filter.status)] }),
  ...(filter?.scene && { scene: filter.scene }),
  ...(filter?.model != null && { model: knownModelName(filter.model) }),
  ...(filter?.search && { search: filter.search }),
});

const counts = new WeakMap<Context, Map<string, Promise<number>>>();

/** Shares one query among equal counts of an operation that run concurrently; a later count runs a new query. */
function countOnce(context: Context, userId: string, condition: TaskCondition): Promise<number> {
  const underWay = counts.get(context) ?? new Map<string, Promise<number>>();
  counts.set(context, underWay);
  const key = JSON.stringify([userId, condition]);
  const count =
    underWay.get(key) ??
    context.taskList.count(userId, condition).finally(() => {
      underWay.delete(key);
    });
  underWay.set(key, count);
  return count;
}

/** The name of a model that is given by global id, name or alias; as it is given where the catalogue has no such model. */
export function modelName(idOrName: string): string {
  const name = localId(idOrName, 'Model') ?? idOrName;
  // PostgreSQL takes no NUL, and no model's name holds one.
  return findModel(name)?.name ?? (name.includes('\0') ? '-' : name.toWellFormed());
}

/**
 * The name of a model to filter by. An id is taken also where this version does not know the model: a task that another
 * version wrote has such a model. @throws {AppError} INVALID_INPUT for an unknown name
 */
function knownModelName(idOrName: string): string {
  const name = modelName(idOrName);
  if (findModel(name) || localId(idOrName, 'Model') !== undefined) return name;
  throw new AppError(
    'INVALID_INPUT',
    'There is no such model. Ask for `models` to see those there are.',
    'filter.model',
  );
}

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
    resolve: ({ taskId, userId }, _, { tasks }) => (taskId === null ? null : tasks.find(userId, taskId)),
  }),
);

builder.queryField('task', (t) =>
  t.field({
    type: TaskType,
    nullable: true,
    complexity: taskComplexity,
    description: 'Null where there is none, and where it belongs to someone else.',
    args: { id: t.arg.id({ required: true }) },
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
    description:
      'The task as it is now, then after every change, in rising `version`; completes after the final state, or when the task is deleted. ' +
      "Without `id`: the viewer's unfinished tasks as they are now, then every change of any of the viewer's tasks, and within " +
      '5 seconds those created in the last 10 seconds that have ended; it does not complete.',
    args: { id: t.arg.id() },
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
