import { randomBytes } from 'node:crypto';
import { listenOnLoopback, sendJson, type Exchange } from '../lib/loopback-server.ts';
import type { Pace } from '../lib/pace.ts';
import type { Pictures } from '../drawing/pictures.ts';
import type { SandboxLog } from '../lib/log.ts';
import { readScript } from '../lib/script.ts';
import { openRecords } from '../lib/records.ts';
import { createTally, type SandboxStats, type Tally } from '../lib/tally.ts';
import { createTokenBucket } from '../lib/token-bucket.ts';
import { trickle } from '../lib/trickle.ts';
import { createAccountRoutes } from './account-routes.ts';
import { createCreationRoutes } from './creation-routes.ts';
import { createFileRoutes } from './file-routes.ts';
import { openFiles } from './files.ts';
import { openOutputs, type Outputs } from './outputs.ts';
import { createPredictionRoutes } from './prediction-routes.ts';
import { openPredictions } from './predictions.ts';
import { notFound, sendProblem, throttled, unauthenticated } from './problems.ts';
import { createReferenceReader } from './references.ts';
import type { Route } from './route.ts';
import { createRunner } from './runner.ts';
import { createWebhooks, createWebhookSecret } from './webhooks.ts';

/** Requests a minute, as the provider publishes them. */
export interface ReplicateLimits {
  creationsPerMinute: number;
  othersPerMinute: number;
}

export const publishedLimits: ReplicateLimits = { creationsPerMinute: 600, othersPerMinute: 3000 };

export interface ReplicateSandbox {
  /** As the SDK takes it: ends in `/v1`. */
  baseUrl: string;
  token: string;
  /** Signs the webhooks: `whsec_…`. */
  webhookSecret: string;
  /** Counted since the start of this process. */
  stats(): SandboxStats;
  /** Ends all work, webhooks included, and cuts every connection. */
  close(): Promise<void>;
}

/** Expired records leave the disk at this interval, even where no client reads them. */
const sweepIntervalMs = 60_000;

interface Options {
  pace: Pace;
  pictures: Pictures;
  log: SandboxLog;
  limits: ReplicateLimits;
  folder?: string | undefined;
  port?: number | undefined;
  token?: string | undefined;
  webhookSecret?: string | undefined;
}

/** Replicate's HTTP API on `port` of 127.0.0.1; its data outlives the process in `folder`, where there is one. */
export async function startReplicate({
  pace,
  pictures,
  log,
  limits,
  folder,
  port = 0,
  token = `r8_${randomBytes(28).toString('base64url').slice(0, 37)}`,
  webhookSecret = createWebhookSecret(),
}: Options): Promise<ReplicateSandbox> {
  const stop = new AbortController();
  const { signal } = stop;
  const { now } = pace;
  const tally = createTally();
  const admit = createAdmission({ token, limits, now });
  const routes: Route[] = [];
  const server = await listenOnLoopback({
    port,
    handle: (exchange) => dispatch(exchange, routes, admit),
    fail: (error) => log('sandbox request failed', { error }),
  });
  const { origin } = server;
  const records = openRecords({ folder, log });
  const files = openFiles({ origin, records, now });
  const outputs = openOutputs({ records, now });
  const webhooks = createWebhooks({ secret: webhookSecret, pace, signal, log });
  const readReferences = createReferenceReader({ files, outputs });
  const runner = createRunner({ pace, pictures, outputs, tally, readReferences });
  const shared = { origin, pace, tally, signal, log };
  const predictions = openPredictions({ ...shared, records, runner, webhooks });
  routes.push(
    ...createCreationRoutes({ ...shared, predictions, outputs }),
    ...createPredictionRoutes({ origin, predictions, tally }),
    ...createFileRoutes({ files }),
    ...createAccountRoutes({ webhookSecret, now }),
    createOutputRoute({ outputs, pace, signal }),
    createStatsRoute(tally),
  );
  const sweeper = setInterval(() => {
    for (const store of [files, outputs, predictions]) store.sweep();
  }, sweepIntervalMs).unref();

  return {
    baseUrl: `${origin}/v1`,
    token,
    webhookSecret,
    stats: tally.stats,
    async close() {
      stop.abort();
      clearInterval(sweeper);
      await server.close();
      await predictions.idle();
      await webhooks.idle();
      records.close();
    },
  };
}

type Admit = (exchange: Exchange, route: Route | undefined) => boolean;

async function dispatch(exchange: Exchange, routes: readonly Route[], admit: Admit): Promise<void> {
  const { request, response, url } = exchange;
  const route = routes.find(({ method, path }) => method === request.method && path.test(url.pathname));
  if (!route?.isOpen && !admit(exchange, route)) return;
  if (!route) return sendProblem(response, notFound);
  await route.handle(exchange, route.path.exec(url.pathname)?.slice(1) ?? []);
}

/** Checks the token and the rate limit of a request; where it refuses, it has sent the refusal. */
function createAdmission(options: { token: string; limits: ReplicateLimits; now: () => number }): Admit {
  const { token, limits, now } = options;
  const creations = createTokenBucket({ perMinute: limits.creationsPerMinute, now });
  const others = createTokenBucket({ perMinute: limits.othersPerMinute, now });
  return ({ request, response }, route) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      sendProblem(response, unauthenticated);
      return false;
    }
    const { taken, remaining, resetSeconds } = (route?.isCreation ? creations : others).take();
    response.setHeader('ratelimit-remaining', remaining).setHeader('ratelimit-reset', resetSeconds);
    if (!taken) sendProblem(response, throttled(resetSeconds));
    return taken;
  };
}

function createStatsRoute(tally: Tally): Route {
  return {
    method: 'GET',
    path: /^\/sandbox\/stats$/,
    isOpen: true,
    handle: ({ response }) => sendJson(response, 200, tally.stats()),
  };
}

function createOutputRoute({
  outputs,
  pace,
  signal,
}: {
  outputs: Outputs;
  pace: Pace;
  signal: AbortSignal;
}): Route {
  return {
    method: 'GET',
    path: /^\/pbxt\/.+$/,
    isOpen: true,
    async handle({ response, url }) {
      const output = outputs.find(url.pathname);
      if (!output) return sendProblem(response, notFound);
      const { bytes, contentType, prompt } = output;
      const script = readScript(prompt);
      const durationMs = script.has('slow-body') ? script.number('slow-body', 5) * 1000 : 0;
      response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': bytes.length });
      await trickle(response, bytes, { durationMs, pace, signal });
    },
  };
}
