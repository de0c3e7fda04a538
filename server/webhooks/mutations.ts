import type { OutgoingWebhook, WebhookEndpoint as EndpointRow } from '../generated/prisma/client.ts';
import { builder } from '../graphql/builder.ts';
import { type Context, requireViewer } from '../graphql/context.ts';
import { localId } from '../graphql/global-id.ts';
import { endpointId, WebhookDelivery, WebhookEndpoint, WebhookEvent } from './schema.ts';
import type { EndpointWithSecret } from './service.ts';

const urlDescription =
  'A public https address of up to 2,048 characters; the operator can allow other origins (`WEBHOOK_ORIGINS`).';
const eventsDescription = 'At least one.';

const CreateWebhookEndpointInput = builder.inputType('CreateWebhookEndpointInput', {
  description: 'A new endpoint.',
  fields: (t) => ({
    url: t.string({ required: true, description: urlDescription }),
    events: t.field({
      type: [WebhookEvent],
      defaultValue: ['TASK_COMPLETED'],
      description: eventsDescription,
    }),
  }),
});

const UpdateWebhookEndpointInput = builder.inputType('UpdateWebhookEndpointInput', {
  description: 'What is left out or null stays as it is.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'The endpoint to change.' }),
    url: t.string({ description: urlDescription }),
    events: t.field({ type: [WebhookEvent], description: eventsDescription }),
    enabled: t.boolean({
      description: 'False gives up the deliveries that wait; true clears `disabledReason`.',
    }),
  }),
});

/** Payloads that show a secret this once. */
const secretPayload = (name: string, description: string) =>
  builder.objectRef<EndpointWithSecret>(name).implement({
    description,
    fields: (t) => ({
      endpoint: t.field({
        type: WebhookEndpoint,
        description: 'The endpoint.',
        resolve: ({ endpoint }) => endpoint,
      }),
      secret: t.exposeString('secret', { description: '`whsec_…`, shown this once.' }),
    }),
  });

const deliveryPayload = (name: string) =>
  builder.objectRef<OutgoingWebhook>(name).implement({
    description: 'The delivery, before its attempt.',
    fields: (t) => ({
      delivery: t.field({
        type: WebhookDelivery,
        description: 'Query it again to learn how the attempt ended.',
        resolve: (delivery) => delivery,
      }),
    }),
  });

const UpdateWebhookEndpointPayload = builder
  .objectRef<EndpointRow>('UpdateWebhookEndpointPayload')
  .implement({
    description: 'The endpoint as changed.',
    fields: (t) => ({
      endpoint: t.field({
        type: WebhookEndpoint,
        description: 'The endpoint.',
        resolve: (endpoint) => endpoint,
      }),
    }),
  });

const DeleteWebhookEndpointPayload = builder
  .objectRef<{ deletedId: string }>('DeleteWebhookEndpointPayload')
  .implement({
    description: 'Which endpoint was deleted.',
    fields: (t) => ({ deletedId: t.exposeID('deletedId', { description: 'The id as given.' }) }),
  });

const own = (context: Context) => requireViewer(context).id;

builder.mutationFields((t) => ({
  createWebhookEndpoint: t.field({
    type: secretPayload(
      'CreateWebhookEndpointPayload',
      'The new endpoint, and the secret that signs its webhooks.',
    ),
    nullable: true,
    access: 'write',
    description: 'Adds an endpoint, up to 10 for each user.',
    args: {
      input: t.arg({ type: CreateWebhookEndpointInput, required: true, description: 'The new endpoint.' }),
    },
    resolve: (_, { input: { url, events } }, context) =>
      context.webhooks.create(own(context), { url, events: events ?? ['TASK_COMPLETED'] }),
  }),
  updateWebhookEndpoint: t.field({
    type: UpdateWebhookEndpointPayload,
    nullable: true,
    access: 'write',
    description: 'Changes an endpoint.',
    args: {
      input: t.arg({ type: UpdateWebhookEndpointInput, required: true, description: 'The changes.' }),
    },
    resolve: (_, { input: { id, url, events, enabled } }, context) =>
      context.webhooks.update(own(context), {
        id: endpointId(id),
        url: url ?? undefined,
        events: events ?? undefined,
        enabled: enabled ?? undefined,
      }),
  }),
  rotateWebhookSecret: t.field({
    type: secretPayload('RotateWebhookSecretPayload', 'The endpoint, and its new secret.'),
    nullable: true,
    access: 'write',
    description: 'Replaces the secret of an endpoint. For 24 hours webhooks are signed with both.',
    args: { id: t.arg.id({ required: true, description: 'The id of the endpoint.' }) },
    resolve: (_, { id }, context) => context.webhooks.rotateSecret(own(context), endpointId(id)),
  }),
  deleteWebhookEndpoint: t.field({
    type: DeleteWebhookEndpointPayload,
    nullable: true,
    access: 'write',
    description: 'Deletes an endpoint with its deliveries.',
    args: { id: t.arg.id({ required: true, description: 'The id of the endpoint.' }) },
    resolve: async (_, { id }, context) => {
      await context.webhooks.remove(own(context), endpointId(id));
      return { deletedId: id };
    },
  }),
}));

/** Each sends a request to another server. */
const sendComplexity = 3_000;

builder.mutationFields((t) => ({
  testWebhookEndpoint: t.field({
    type: deliveryPayload('TestWebhookEndpointPayload'),
    nullable: true,
    access: 'write',
    complexity: sendComplexity,
    description: 'Sends a sample delivery at once: a TASK_COMPLETED with `"test": true` in its body.',
    args: { id: t.arg.id({ required: true, description: 'The id of an enabled endpoint.' }) },
    resolve: (_, { id }, context) => context.webhooks.test(own(context), endpointId(id)),
  }),
  redeliverWebhook: t.field({
    type: deliveryPayload('RedeliverWebhookPayload'),
    nullable: true,
    access: 'write',
    complexity: sendComplexity,
    description: 'Sends that delivery again, with its id.',
    args: { id: t.arg.id({ required: true, description: 'The id of a delivery to an enabled endpoint.' }) },
    resolve: (_, { id }, context) =>
      context.webhooks.redeliver(own(context), localId(id, 'WebhookDelivery') ?? ''),
  }),
}));
