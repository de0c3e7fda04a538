/** The webhook endpoints of all users, for operators: without paths and secrets, which are the users' own. */
import { builder } from '../../graphql/builder.ts';
import { requireViewer } from '../../graphql/context.ts';
import { checkedCursor, localId, toGlobalId } from '../../graphql/global-id.ts';
import { createPageComplexity } from '../../graphql/operation-cost.ts';
import { operatorIn, userIdIn, UserType } from '../schema.ts';
import { missingEndpoint, type UserWebhooks } from './service.ts';

declare module '../../graphql/context.ts' {
  interface Services {
    userWebhooks: UserWebhooks;
  }
}

const UserWebhookEndpoint = builder.prismaObject('WebhookEndpoint', {
  variant: 'UserWebhookEndpoint',
  description: 'A webhook endpoint as operators see it: without its path, which may hold a secret.',
  select: { id: true },
  fields: (t) => ({
    endpointId: t.id({
      description: '`WebhookEndpoint.id`, as its user sees it.',
      resolve: ({ id }) => toGlobalId('WebhookEndpoint', id),
    }),
    user: t.relation('user', { type: UserType, description: 'Its user.' }),
    origin: t.string({
      description: 'The origin of its address.',
      select: { url: true },
      resolve: ({ url }) => new URL(url).origin,
    }),
    enabled: t.exposeBoolean('enabled', { description: 'Whether it gets events.' }),
    disabledReason: t.exposeString('disabledReason', {
      nullable: true,
      description: 'Why the server or an operator disabled it; null otherwise.',
    }),
    failingSince: t.expose('failingSince', {
      type: 'DateTime',
      nullable: true,
      description:
        'When the first failed of the attempts that have failed since; null if the last one succeeded.',
    }),
    lastFailureAt: t.expose('lastFailureAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When an attempt failed last; null if none has.',
    }),
    lastStatus: t.int({
      nullable: true,
      description: 'The HTTP status of the newest delivery that was attempted; null if no response came.',
      resolve: async ({ id: endpointId }, _, { prisma }) =>
        (
          await prisma.outgoingWebhook.findFirst({
            where: { endpointId, attempts: { gt: 0 } },
            orderBy: { number: 'desc' },
            select: { responseStatus: true },
          })
        )?.responseStatus ?? null,
    }),
    waitingDeliveries: t.relationCount('deliveries', {
      where: { status: 'PENDING' },
      description: 'Deliveries that wait for their first or next attempt.',
    }),
    failedDeliveries: t.relationCount('deliveries', {
      where: { status: 'FAILED' },
      description: 'Deliveries that were given up and are still stored.',
    }),
    droppedDeliveries: t.exposeInt('droppedDeliveries', {
      description: 'Deliveries that the limit of stored ones removed before they arrived.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was created.' }),
  }),
});

builder.queryField('userWebhookEndpoints', (t) =>
  t.prismaConnection(
    {
      type: UserWebhookEndpoint,
      cursor: 'id',
      maxSize: 100,
      access: 'operator',
      // Each row may count its deliveries.
      complexity: createPageComplexity(10),
      description: 'The webhook endpoints of all users, newest first. For operators.',
      args: {
        failing: t.arg.boolean({
          description:
            'True: only those whose last attempt failed, or that the server or an operator disabled.',
        }),
        user: t.arg.id({ description: 'Only those of this user: `User.id` or `Viewer.id`.' }),
      },
      resolve: (query, _, { failing, user }, context) => {
        if (query.cursor) checkedCursor(query.cursor.id);
        const where = {
          ...(failing === true && context.userWebhooks.failing),
          ...(user != null && { userId: userIdIn(user)! }),
        };
        return context.listLimit.run(requireViewer(context).id, () =>
          context.prisma.webhookEndpoint.findMany({ ...query, where, orderBy: { id: 'desc' } }),
        );
      },
    },
    { name: 'UserWebhookEndpointConnection' },
    { name: 'UserWebhookEndpointEdge' },
  ),
);

const endpointId = (id: string) => localId(id, 'WebhookEndpoint') ?? '';
const idDescription = '`WebhookEndpoint.id`, of any user.';

builder.queryField('userWebhookEndpoint', (t) =>
  t.prismaField({
    type: UserWebhookEndpoint,
    nullable: true,
    access: 'operator',
    description: 'One webhook endpoint of any user. For operators.',
    args: { id: t.arg.id({ required: true, description: idDescription }) },
    resolve: async (query, _, { id }, { prisma }) => {
      const found = await prisma.webhookEndpoint.findUnique({ ...query, where: { id: endpointId(id) } });
      if (!found) throw missingEndpoint();
      return found;
    },
  }),
);

const UserWebhookEndpointPayload = builder.objectRef<{ id: string }>('UserWebhookEndpointPayload').implement({
  description: 'A webhook endpoint after an operation of an operator.',
  fields: (t) => ({
    endpoint: t.prismaField({
      type: UserWebhookEndpoint,
      description: 'The endpoint as it is now.',
      resolve: (query, { id }, _, { prisma }) =>
        prisma.webhookEndpoint.findUniqueOrThrow({ ...query, where: { id } }),
    }),
  }),
});

builder.mutationFields((t) => {
  const shared = {
    type: UserWebhookEndpointPayload,
    nullable: true,
    access: 'operator',
    args: { id: t.arg.id({ required: true, description: idDescription }) },
  } as const;
  return {
    disableUserWebhookEndpoint: t.field({
      ...shared,
      description:
        'Disables a webhook endpoint and gives up its waiting deliveries; its user may enable it again. For operators.',
      resolve: async (_, { id }, context) => ({
        id: await context.userWebhooks.setEnabled(operatorIn(context), endpointId(id), false),
      }),
    }),
    enableUserWebhookEndpoint: t.field({
      ...shared,
      description: 'Enables a webhook endpoint again; it gets no event of the time before. For operators.',
      resolve: async (_, { id }, context) => ({
        id: await context.userWebhooks.setEnabled(operatorIn(context), endpointId(id), true),
      }),
    }),
  };
});
