/** The tasks of a user: filtered, counted and by page. */
import { builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import { checkedCursor } from '../graphql/global-id.ts';
import { createPageComplexity } from '../graphql/operation-cost.ts';
import { Scene } from '../models/schema.ts';
import { conditionOf } from './filter.ts';
import type { TaskCondition } from './list.ts';
import { taskComplexity, TaskType } from './schema.ts';
import { TaskStatus } from './state-types.ts';

const TaskFilter = builder.inputType('TaskFilter', {
  description: 'Which tasks a list shows: those that match every given field.',
  fields: (t) => ({
    status: t.field({ type: [TaskStatus], description: 'In one of these states.' }),
    scene: t.field({ type: Scene, description: 'What the task starts from.' }),
    model: t.id({ description: '`Model.id` or `Model.name`.' }),
    search: t.string({
      description:
        'Up to 16 words; the prompt contains each of them, whatever the case and the composition of its letters.',
    }),
    createdAfter: t.field({ type: 'DateTime', description: 'Accepted after that instant, exclusive.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Accepted before that instant, exclusive.' }),
    favorite: t.boolean({ description: 'Only tasks with an image that is a favorite, or only the others.' }),
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
      args: { filter: t.arg({ type: TaskFilter, description: 'All tasks where left out.' }) },
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
