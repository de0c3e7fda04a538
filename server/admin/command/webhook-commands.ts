import { pageFields, pageOf, pageOptions } from './arguments.ts';
import type { OperationCommand } from './commands.ts';

const webhookFields = `endpointId origin enabled disabledReason failingSince lastFailureAt lastStatus
  waitingDeliveries failedDeliveries droppedDeliveries createdAt user { email }`;

const webhookCommand = (summary: string, document: string): OperationCommand => ({
  summary,
  args: ['endpoint-id'],
  document,
  variables: ([id]) => ({ id }),
});

export const webhookCommands: Readonly<Record<string, OperationCommand>> = {
  list: {
    summary: 'Lists webhook endpoints of all users, newest first.',
    options: {
      failing: {
        type: 'boolean',
        help: 'Only those whose last attempt failed, or that the server or an operator disabled.',
      },
      user: { type: 'string', hint: 'id', help: 'Of this user.' },
      ...pageOptions,
    },
    document: `query ($failing: Boolean, $user: ID, $first: Int, $after: String) {
      userWebhookEndpoints(failing: $failing, user: $user, first: $first, after: $after) {
        nodes { ${webhookFields} } ${pageFields} } }`,
    variables: (_, { failing, user, ...page }) => ({ failing, user, ...pageOf(page) }),
    columns: [
      'origin',
      'enabled',
      'failingSince',
      'lastStatus',
      'waitingDeliveries',
      'failedDeliveries',
      'user.email',
      'endpointId',
    ],
  },
  show: webhookCommand(
    'Shows one webhook endpoint.',
    `query ($id: ID!) { userWebhookEndpoint(id: $id) { ${webhookFields} } }`,
  ),
  disable: webhookCommand(
    'Disables a webhook endpoint and gives up its waiting deliveries. Its user may enable it again.',
    `mutation ($id: ID!) { disableUserWebhookEndpoint(id: $id) { endpoint { ${webhookFields} } } }`,
  ),
  enable: webhookCommand(
    'Enables a webhook endpoint again. It gets no event of the time before.',
    `mutation ($id: ID!) { enableUserWebhookEndpoint(id: $id) { endpoint { ${webhookFields} } } }`,
  ),
};
