import { randomBytes } from 'node:crypto';
import { listenOnLoopback, type Exchange } from '../lib/http-server.ts';
import { createStats } from '../lib/stats.ts';
import { openRecords } from '../lib/store.ts';
import { createTokenBucket } from '../lib/token-bucket.ts';
import type { Emulator } from './emulator.ts';
import { openFiles, openOutputs } from './files.ts';
import { openPredictions } from './predictions.ts';
import { notFound, sendProblem, throttled, unauthenticated } from './problems.ts';
import { createRoutes, type Handler } from './routes.ts';
import { createWebhooks, createWebhookSecret } from './webhooks.ts';

/** Requests a minute, as the provider publishes them. */
export interface ReplicateLimits {
  creationsPerMinute: number;
  othersPerMinute: number;
}

export const publishedLimits: ReplicateLimits = { creationsPerMinute: 600, othersPerMinute: 3000 };

/** Expired records leave the disk at this interval, even where no client reads them. */
const sweepIntervalMs = 60_000;

interface Options extends Pick<Emulator, 'pace' | 'pictures' | 'log'> {
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
}: Options) {
  const stop = new AbortController();
  const stats = createStats();
  const admit = createAdmission({ token, limits, now: pace.now });
  let routes: Route[] = [];
  const server = await listenOnLoopback(port, log, (exchange) => dispatch(exchange, routes, admit));
  const { origin } = server;
  const records = openRecords({ folder, log });
  const emulator = { origin, webhookSecret, pace, pictures, stats, records, signal: stop.signal, log };
  const files = openFiles(emulator);
  const outputs = openOutputs(emulator);
  const webhooks = createWebhooks(emulator);
  const predictions = openPredictions({ ...emulator, files, outputs, webhooks });
  routes = compile(createRoutes({ ...emulator, predictions, files, outputs }));
  const sweeper = setInterval(() => {
    for (const store of [files, outputs, predictions]) store.sweep();
  }, sweepIntervalMs).unref();

  return {
    /** As the SDK takes it: ends in `/v1`. */
    baseUrl: `${origin}/v1`,
    token,
    /** Signs the webhooks: `whsec_…`. */
    webhookSecret,
    /** Counted since the start of this process. */
    stats: stats.read,
    /** Ends all work, webhooks included, and cuts every connection. */
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

type Route = ReturnType<typeof compile>[number];

/** `pattern` is of a method and a path. */
function compile(routes: Record<string, Handler>) {
  return Object.entries(routes).map(([key, handle]) => ({
    pattern: new RegExp(`^${key.replaceAll(/:\w+/g, '([^/]+)')}$`),
    handle,
  }));
}

type Admit = (exchange: Exchange) => boolean;

async function dispatch(exchange: Exchange, routes: readonly Route[], admit: Admit): Promise<void> {
  const { request, response, url } = exchange;
  const key = `${request.method} ${url.pathname}`;
  const route = routes.find(({ pattern }) => pattern.test(key));
  const isOpen = route && !url.pathname.startsWith('/v1/');
  if (!isOpen && !admit(exchange)) return;
  if (!route) return sendProblem(response, notFound);
  await route.handle(exchange, ...(route.pattern.exec(key)?.slice(1) ?? []));
}

/** Checks the token and the rate limit of a request; where it refuses, it has sent the refusal. */
function createAdmission(options: { token: string; limits: ReplicateLimits; now: () => number }): Admit {
  const { token, limits, now } = options;
  const creations = createTokenBucket({ perMinute: limits.creationsPerMinute, now });
  const others = createTokenBucket({ perMinute: limits.othersPerMinute, now });
  return ({ request, response, url }) => {
    if (request.headers.authorization !== `Bearer ${token}`) {
      sendProblem(response, unauthenticated);
      return false;
    }
    const isCreation = request.method === 'POST' && url.pathname.endsWith('/predictions');
    const { taken, remaining, resetSeconds } = (isCreation ? creations : others).take();
    response.setHeader('ratelimit-remaining', remaining).setHeader('ratelimit-reset', resetSeconds);
    if (!taken) sendProblem(response, throttled(resetSeconds));
    return taken;
  };
}
