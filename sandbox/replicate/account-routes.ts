import type { JsonObject } from '../lib/json.ts';
import { sendJson } from '../lib/loopback-server.ts';
import { replicateModels, type ReplicateModel } from './models.ts';
import { notFound, sendProblem } from './problems.ts';
import type { Route } from './route.ts';

/** `/v1/account`, `/v1/hardware`, the secret of webhooks, and the models. */
export function createAccountRoutes({
  webhookSecret,
  now,
}: {
  webhookSecret: string;
  now: () => number;
}): Route[] {
  const createdAt = new Date(now()).toISOString();
  return [
    {
      method: 'GET',
      path: /^\/v1\/account$/,
      handle: ({ response }) =>
        sendJson(response, 200, { type: 'user', username: 'sandbox', name: 'Sandbox' }),
    },
    {
      method: 'GET',
      path: /^\/v1\/hardware$/,
      handle: ({ response }) => sendJson(response, 200, [{ sku: 'cpu', name: 'CPU' }]),
    },
    {
      method: 'GET',
      path: /^\/v1\/webhooks\/default\/secret$/,
      handle: ({ response }) => sendJson(response, 200, { key: webhookSecret }),
    },
    {
      method: 'GET',
      path: /^\/v1\/models\/([^/]+\/[^/]+)$/,
      handle({ response }, [name]) {
        const model = replicateModels.find((candidate) => candidate.name === name);
        if (!model) return sendProblem(response, notFound);
        sendJson(response, 200, describeModel(model, createdAt));
      },
    },
  ];
}

function describeModel(model: ReplicateModel, createdAt: string): JsonObject {
  const [owner = '', name = ''] = model.name.split('/');
  return {
    url: `https://replicate.com/${model.name}`,
    owner,
    name,
    description: model.description,
    visibility: 'public',
    is_official: true,
    run_count: 0,
    default_example: null,
    latest_version: { id: model.versionId, created_at: createdAt, cog_version: null, openapi_schema: null },
  };
}
