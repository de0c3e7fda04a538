/** The paths of the HTTP server, each with the limits before its handler. */
import path from 'node:path';
import { toNodeHandler } from 'better-auth/node';
import type { Auth } from './auth/session.ts';
import type { Config } from './config.ts';
import { createClientFiles } from './http/client-files.ts';
import type { Handler } from './http/handler.ts';
import { clientPolicy } from './http/headers.ts';
import { type Health, liveness } from './http/health.ts';
import { withAddress, withLimit, withRefusalLimit } from './http/limit.ts';
import type { Metrics } from './http/metrics.ts';
import { withSessionHint } from './http/session-hint.ts';
import { withSmallBody } from './http/small-body.ts';
import { createWebhookHandler } from './http/webhooks.ts';
import type { AddressOf } from './lib/client-address.ts';
import { createRequestLimiter } from './lib/limiter.ts';
import type { RefusalLimit } from './lib/refusal-limit.ts';

interface Dependencies {
  auth: Auth;
  graphql: Handler;
  files: Handler;
  /** Absent where no provider sends webhooks. */
  webhooks: Parameters<typeof createWebhookHandler>[0] | undefined;
  health: Health;
  metrics: Metrics;
  refusals: RefusalLimit;
  addressOf: AddressOf;
  /** The origins that browsers load images from. */
  imageOrigins: string[];
}

const clientFolder = path.join(import.meta.dirname, '../dist/client');

export function createRoutes(config: Config, dependencies: Dependencies): Record<`/${string}`, Handler> {
  const { auth, graphql, files, webhooks, health, metrics, refusals, addressOf, imageOrigins } = dependencies;
  const signIns = createRequestLimiter({ name: 'sign-ins', perMinute: config.signInsPerMinute });
  const api = withSmallBody(withAddress(toNodeHandler(auth.handler), addressOf));
  return {
    '/': withSessionHint(createClientFiles({ folder: clientFolder, policy: clientPolicy(imageOrigins) })),
    '/graphql': graphql,
    '/api': withLimit(api, { limiter: signIns, addressOf }),
    '/files': files,
    ...(webhooks && { '/webhooks': withRefusalLimit(createWebhookHandler(webhooks), refusals) }),
    '/healthz': liveness,
    '/readyz': health.readiness,
    '/metrics': metrics.handler,
  };
}
