import { builder } from '../graphql/builder.ts';
import { requireViewer } from '../graphql/context.ts';
import { checkedCursor, localId } from '../graphql/global-id.ts';
import { pageComplexity } from '../graphql/operation-cost.ts';
import { taskComplexity, TaskType } from '../tasks/schema.ts';
import type { WebhookService } from './service.ts';

declare module '../graphql/context.ts' {
  interface Services {
    webhooks: WebhookService;
  }
}

export const WebhookEvent = builder.enumType('WebhookEvent', {
  description: 'Which changes an endpoint receives.',
  values: {
    TASK_UPDATED: {
      description:
        'A task was created or changed. A state that was not sent yet when the next one came is left out.',
    },
    TASK_COMPLETED: { description: 'A task reached its final state; sent once, after its last update.' },
  } as const,
});

const WebhookDeliveryStatus = builder.enumType('WebhookDeliveryStatus', {
  description: 'PENDING → DELIVERED or FAILED; `redeliverWebhook` makes it PENDING again.',
  values: {
    PENDING: { description: 'Waits for its first attempt or the next one.' },
    DELIVERED: { description: 'The receiver answered with 2xx.' },
    FAILED: {
      description: 'Given up: after at least 24 hours of attempts, or because the endpoint was disabled.',
    },
  } as const,
});

export const WebhookDelivery = builder.prismaNode('OutgoingWebhook', {
  name: 'WebhookDelivery',
  description:
    'An event for an endpoint, and how far its delivery is. Kept for 3 days once delivered, otherwise for 30; of an endpoint up to 5,000 delivered ones and 10,000 others.',
  id: { field: 'id', description: 'The `webhook-id` that the receiver sees.' },
  // Not the snapshot, which no field shows.
  select: { id: true },
  findUnique: (id, { viewer }) => ({ id, endpoint: { userId: viewer?.id ?? '' } }),
  fields: (t) => ({
    event: t.expose('event', { type: WebhookEvent, description: 'What happened.' }),
    task: t.field({
      type: TaskType,
      nullable: true,
      complexity: taskComplexity,
      description: 'As it is now; null for a test, and where it has been deleted.',
      select: { taskId: true },
      resolve: ({ taskId }, _, context) =>
        taskId === null ? null : context.tasks.find(requireViewer(context).id, taskId),
    }),
    status: t.expose('status', {
      type: WebhookDeliveryStatus,
      description: 'How far the delivery is.',
    }),
    attempts: t.exposeInt('attempts', { description: 'Attempts that began.' }),
    responseStatus: t.exposeInt('responseStatus', {
      nullable: true,
      description: 'The HTTP status of the last attempt; null if no response came.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it happened.' }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Set where, and only where, status is PENDING.',
    }),
    deliveredAt: t.expose('deliveredAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Set where, and only where, status is DELIVERED.',
    }),
  }),
});

export const WebhookEndpoint = builder.prismaNode('WebhookEndpoint', {
  description: 'Where the server sends signed events (Standard Webhooks).',
  id: { field: 'id' },
  findUnique: (id, { viewer }) => ({ id, userId: viewer?.id ?? '' }),
  fields: (t) => ({
    url: t.exposeString('url', { description: 'Where events are sent by POST.' }),
    events: t.expose('events', { type: [WebhookEvent], description: 'Which events are sent.' }),
    enabled: t.exposeBoolean('enabled', {
      description: 'A disabled endpoint gets no event, also none of that time once it is enabled again.',
    }),
    disabledReason: t.exposeString('disabledReason', {
      nullable: true,
      description: 'Why the server disabled it; null otherwise.',
    }),
    droppedDeliveries: t.exposeInt('droppedDeliveries', {
      description:
        'How many deliveries were dropped before they arrived, because more than 10,000 were stored: failed ones first, then `TASK_UPDATED`, then the oldest.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
  }),
});

builder.prismaObjectField(WebhookEndpoint, 'deliveries', (t) =>
  t.prismaConnection(
    {
      type: WebhookDelivery,
      cursor: 'id',
      maxSize: 100,
      complexity: pageComplexity,
      description: 'Newest first.',
      resolve: async (query, { id: endpointId, userId }, _, { prisma, listLimit }) => {
        // A cursor that names another endpoint's row would reveal when that row was written.
        const place = query.cursor && checkedCursor(query.cursor.id);
        return listLimit.run(userId, async () => {
          if (
            place !== undefined &&
            !(await prisma.outgoingWebhook.count({ where: { id: place, endpointId } }))
          )
            return [];
          return prisma.outgoingWebhook.findMany({
            ...query,
            where: { endpointId },
            orderBy: { number: 'desc' },
          });
        });
      },
    },
    { name: 'WebhookDeliveryConnection' },
    { name: 'WebhookDeliveryEdge' },
  ),
);

builder.prismaObjectField('User', 'webhookEndpoints', (t) =>
  t.prismaField({
    type: [WebhookEndpoint],
    complexity: { multiplier: 10 },
    description: 'At most 10, oldest first.',
    resolve: (query, { id: userId }, _, { prisma }) =>
      prisma.webhookEndpoint.findMany({ ...query, where: { userId }, orderBy: { id: 'asc' } }),
  }),
);

/** The row's id; one that names no row where the global id is of another type, so that it answers like a missing one. */
export const endpointId = (id: string) => localId(id, 'WebhookEndpoint') ?? '';
