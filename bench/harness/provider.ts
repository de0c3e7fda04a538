/**
 * The provider that the product is measured with, in a process of its own: predictions of Replicate's HTTP API that take as
 * long as the prompt says (`bench:2000`, in milliseconds), run for ever (`bench:never`), or whose creation gets no answer
 * (`bench:hang`). A prediction that it does not know runs for ever.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import sharp from 'sharp';
import { serveCalls } from './probe.ts';

interface Prediction {
  id: string;
  prompt: string;
  webhook: string | undefined;
  status: 'processing' | 'succeeded';
  images: number;
  createdAtMs: number;
  endedAtMs?: number;
}

const secret = 'whsec_c2FuZGJveA==';
const logsEveryMs = 1_000;
const predictions = new Map<string, Prediction>();
let webhookTarget = '';
let calls = 0;

/** Milliseconds since 1970, which other processes of the machine compare. */
const nowMs = () => performance.timeOrigin + performance.now();
const create = { width: 64, height: 64, channels: 3, background: 'seagreen' } as const;
const picture = await sharp({ create }).webp().toBuffer();
const server = createServer();

function bodyOf({ id, prompt, webhook, status, images, createdAtMs, endedAtMs }: Prediction) {
  const runMs = (endedAtMs ?? nowMs()) - createdAtMs;
  return {
    id,
    model: 'black-forest-labs/flux-schnell',
    version: 'hidden',
    input: { prompt },
    logs: `${Math.min(99, Math.round(runMs / 100))}%|`,
    output: endedAtMs ? Array.from({ length: images }, (_, n) => `${origin}/out/${id}-${n}.webp`) : null,
    data_removed: false,
    error: null,
    status,
    created_at: new Date(createdAtMs).toISOString(),
    started_at: new Date(createdAtMs).toISOString(),
    ...(endedAtMs && { completed_at: new Date(endedAtMs).toISOString() }),
    ...(webhook && { webhook }),
    urls: { get: `${origin}/v1/predictions/${id}`, cancel: `${origin}/v1/predictions/${id}/cancel` },
  };
}

async function notify(prediction: Prediction): Promise<void> {
  if (!prediction.webhook) return;
  const { pathname, search } = new URL(prediction.webhook);
  const body = JSON.stringify(bodyOf(prediction));
  const [id, timestamp] = [`msg_${randomUUID()}`, Math.floor(Date.now() / 1000)];
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
  await fetch(webhookTarget + pathname + search, { method: 'POST', headers, body }).catch(() => {});
}

function createPrediction(prompt: string, webhook: string | undefined, images: number): Prediction {
  const prediction: Prediction = {
    id: randomUUID().replaceAll('-', ''),
    prompt,
    webhook,
    status: 'processing',
    images,
    createdAtMs: nowMs(),
  };
  predictions.set(prediction.id, prediction);
  const [, runMs] = /bench:(\d+)/.exec(prompt) ?? [];
  if (runMs === undefined) return prediction;
  const logs = setInterval(() => void notify(prediction), logsEveryMs);
  setTimeout(() => void notify(prediction), 5);
  setTimeout(() => {
    clearInterval(logs);
    Object.assign(prediction, { status: 'succeeded', endedAtMs: nowMs() });
    void notify(prediction);
  }, Number(runMs));
  return prediction;
}

server.on('request', async (request, response) => {
  const { method = 'GET', url = '/' } = request;
  const send = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (url.startsWith('/out/')) return response.writeHead(200, { 'content-type': 'image/webp' }).end(picture);
  calls += 1;
  if (method === 'POST' && url.endsWith('/predictions')) {
    const { input, webhook } = (await json(request)) as {
      input: { prompt: string; num_outputs?: number };
      webhook?: string;
    };
    if (input.prompt.includes('bench:hang')) return;
    return send(201, bodyOf(createPrediction(input.prompt, webhook, input.num_outputs ?? 1)));
  }
  const [, id] = /\/predictions\/(\w+)/.exec(url) ?? [];
  if (id === undefined) return send(200, { results: [], next: null });
  const known = predictions.get(id) ?? {
    id,
    prompt: '',
    webhook: undefined,
    images: 1,
    createdAtMs: nowMs(),
  };
  return send(200, bodyOf({ status: 'processing', ...known }));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

serveCalls({
  /** Sends webhooks there from now on. */
  sendTo: (url: string) => void (webhookTarget = url),
  calls: () => calls,
  /** Every prediction so far. */
  predictions: () => [...predictions.values()],
});
console.log(`ready ${origin}`);
