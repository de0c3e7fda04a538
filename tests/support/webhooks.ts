/** Webhook endpoints as an integrator makes them. */
import type { Caller } from './api.ts';

export interface Endpoint {
  id: string;
  secret: string;
}

/** Creates an endpoint. @throws where it is refused */
export async function createEndpoint(
  caller: Pick<Caller, 'ask'>,
  url: string,
  events: ('TASK_UPDATED' | 'TASK_COMPLETED')[] = ['TASK_COMPLETED'],
): Promise<Endpoint> {
  const { createWebhookEndpoint } = await caller.ask<{
    createWebhookEndpoint: { endpoint: { id: string }; secret: string };
  }>(
    `mutation ($input: CreateWebhookEndpointInput!) {
      createWebhookEndpoint(input: $input) { endpoint { id } secret }
    }`,
    { input: { url, events } },
  );
  return { id: createWebhookEndpoint.endpoint.id, secret: createWebhookEndpoint.secret };
}

/** Sends a sample delivery. @returns its id */
export async function testEndpoint(caller: Pick<Caller, 'ask'>, id: string): Promise<string> {
  const { testWebhookEndpoint } = await caller.ask<{ testWebhookEndpoint: { delivery: { id: string } } }>(
    'mutation ($id: ID!) { testWebhookEndpoint(id: $id) { delivery { id } } }',
    { id },
  );
  return testWebhookEndpoint.delivery.id;
}
