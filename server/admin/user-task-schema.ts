/** The tasks of all users, for operators: without prompts and pictures, which are the users' own. */
import { builder } from '../graphql/builder.ts';
import { requireViewer } from '../graphql/context.ts';
import { checkedCursor, localId, toGlobalId } from '../graphql/global-id.ts';
import { pageComplexity } from '../graphql/operation-cost.ts';
import { TaskStatus } from '../tasks/state-types.ts';
import { operatorIn, userIdIn, UserType } from './schema.ts';
import type { UserTasks } from './user-tasks.ts';

declare module '../graphql/context.ts' {
  interface Services {
    userTasks: UserTasks;
  }
}

const UserTask = builder.prismaObject('Task', {
  variant: 'UserTask',
  description: 'A task as operators see it: without its prompt and pictures.',
  fields: (t) => ({
    taskId: t.id({
      description: '`Task.id`, as its user sees it.',
      resolve: ({ id }) => toGlobalId('Task', id),
    }),
    user: t.relation('user', { type: UserType, description: 'Its user.' }),
    status: t.expose('status', { type: TaskStatus, description: 'The state of the task.' }),
    provider: t.exposeString('provider', { description: 'The name of its provider.' }),
    model: t.exposeString('model', { description: 'The name of its model.' }),
    costCredits: t.exposeInt('costCredits', { description: 'Charged when the task was accepted.' }),
    refundedCredits: t.exposeInt('refundedCredits', { description: 'Given back.' }),
    failureCode: t.exposeString('failureCode', {
      nullable: true,
      description: 'Why it failed; null where it has not.',
    }),
    attempt: t.exposeInt('attempt', { description: 'Submissions to the provider so far.' }),
    externalId: t.exposeString('externalId', {
      nullable: true,
      description: "The provider's own id of the work; null before it is known.",
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was accepted.' }),
    deadlineAt: t.expose('deadlineAt', { type: 'DateTime', description: 'When it is ended at the latest.' }),
    dueAt: t.expose('dueAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When a worker looks at it next; null where there is nothing left to do.',
    }),
    completedAt: t.expose('completedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it became final; null before that.',
    }),
  }),
});

const UserTaskFilter = builder.inputType('UserTaskFilter', {
  description: 'Which tasks a list shows: those that match every given field.',
  fields: (t) => ({
    status: t.field({ type: [TaskStatus], description: 'In one of these states.' }),
    provider: t.string({ description: 'The name of a provider.' }),
    user: t.id({ description: '`User.id`, or `Viewer.id` of the user.' }),
    createdAfter: t.field({ type: 'DateTime', description: 'Accepted after that instant, exclusive.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Accepted before that instant, exclusive.' }),
  }),
});

type Filter = typeof UserTaskFilter.$inferInput;

const conditionOf = ({ status, provider, user, createdAfter, createdBefore }: Filter) => ({
  ...(status && { status: { in: [...status] } }),
  ...(provider != null && { provider: provider.replaceAll('\0', '') }),
  ...(user != null && { userId: userIdIn(user)! }),
  createdAt: { ...(createdAfter && { gt: createdAfter }), ...(createdBefore && { lt: createdBefore }) },
});

builder.queryField('userTasks', (t) =>
  t.prismaConnection(
    {
      type: UserTask,
      cursor: 'id',
      maxSize: 100,
      access: 'operator',
      complexity: pageComplexity,
      description: 'The tasks of all users, newest first. For operators.',
      args: { filter: t.arg({ type: UserTaskFilter, description: 'All tasks where left out.' }) },
      resolve: (query, _, { filter }, context) => {
        if (query.cursor) checkedCursor(query.cursor.id);
        return context.listLimit.run(requireViewer(context).id, () =>
          context.prisma.task.findMany({
            ...query,
            where: conditionOf(filter ?? {}),
            orderBy: { id: 'desc' },
          }),
        );
      },
    },
    { name: 'UserTaskConnection' },
    { name: 'UserTaskEdge' },
  ),
);

const UserTaskPayload = builder.objectRef<{ id: string }>('UserTaskPayload').implement({
  description: 'A task after an operation of an operator.',
  fields: (t) => ({
    task: t.prismaField({
      type: UserTask,
      description: 'The task as it is now.',
      resolve: (query, { id }, _, { prisma }) => prisma.task.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

const taskId = (id: string) => localId(id, 'Task') ?? '';

builder.mutationFields((t) => {
  const shared = {
    type: UserTaskPayload,
    nullable: true,
    access: 'operator',
    args: { id: t.arg.id({ required: true, description: '`Task.id`, of any user.' }) },
  } as const;
  return {
    cancelUserTask: t.field({
      ...shared,
      description:
        'Ends a task that is not final as CANCELED, here and at the provider, and refunds it. For operators.',
      resolve: async (_, { id }, context) => ({
        id: await context.userTasks.end(operatorIn(context), taskId(id), 'CANCELED'),
      }),
    }),
    failUserTask: t.field({
      ...shared,
      description:
        'Ends a task that is not final as FAILED with the code INTERNAL, here and at the provider, and refunds it. For operators.',
      resolve: async (_, { id }, context) => ({
        id: await context.userTasks.end(operatorIn(context), taskId(id), 'FAILED'),
      }),
    }),
    redriveUserTask: t.field({
      ...shared,
      description:
        'Lets a worker look at an unfinished task now instead of at `dueAt`; one that a worker has leased is left to it. For operators.',
      resolve: async (_, { id }, context) => ({
        id: await context.userTasks.redrive(operatorIn(context), taskId(id)),
      }),
    }),
  };
});
