/**
 * The provider that the product is measured with: predictions of Replicate's HTTP API that take as long as the prompt says
 * (`bench:2000`, in milliseconds), run for ever (`bench:never`, and those that it does not know), or whose creation gets no
 * answer (`bench:hang`).
 */
import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import sharp from 'sharp';
import { serveCalls } from './probe.ts';
import { nowMs } from './process.ts';

export interface Prediction {
  prompt: string;
  createdAtMs: number;
  endedAtMs?: number;
  webhook?: string | undefined;
  images?: number;
}

const predictions = new Map<string, Prediction>();
let webhookTarget = '';
const create = { width: 64, height: 64, channels: 3, background: 'seagreen' } as const;
const picture = await sharp({ create }).webp().toBuffer();
const server = createServer();
const instant = (ms: number) => new Date(ms).toISOString();

function bodyOf(id: string) {
  const { prompt, webhook, images, createdAtMs, endedAtMs } = predictions.get(id) ?? {
    prompt: '',
    createdAtMs: nowMs(),
  };
  return {
    id,
    model: 'black-forest-labs/flux-schnell',
    version: 'hidden',
    input: { prompt },
    error: null,
    logs: `${Math.min(99, Math.round(((endedAtMs ?? nowMs()) - createdAtMs) / 100))}%|`,
    output: endedAtMs ? Array.from({ length: images ?? 1 }, (_, n) => `${origin}/out/${id}-${n}.webp`) : null,
    data_removed: false,
    status: endedAtMs ? 'succeeded' : 'processing',
    created_at: instant(createdAtMs),
    started_at: instant(createdAtMs),
    ...(endedAtMs && { completed_at: instant(endedAtMs) }),
    ...(webhook && { webhook }),
    urls: { get: `${origin}/v1/predictions/${id}`, cancel: `${origin}/v1/predictions/${id}/cancel` },
  };
}

async function notify(prediction: string): Promise<void> {
  const { webhook } = predictions.get(prediction)!;
  if (!webhook) return;
  const { pathname, search } = new URL(webhook);
  const body = JSON.stringify(bodyOf(prediction));
  const [id, timestamp] = [`msg_${randomUUID()}`, String(Math.floor(Date.now() / 1000))];
  const signature = createHmac('sha256', 'sandbox').update(`${id}.${timestamp}.${body}`).digest('base64');
  const signed = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
  const headers = { 'content-type': 'application/json', ...signed };
  await fetch(webhookTarget + pathname + search, { method: 'POST', headers, body }).catch(() => {});
}

/** With a webhook at the start, each second and at the end. */
function run(id: string, runMs: number): void {
  const logs = setInterval(() => void notify(id), 1_000);
  setTimeout(() => void notify(id), 5);
  setTimeout(() => {
    clearInterval(logs);
    predictions.get(id)!.endedAtMs = nowMs();
    void notify(id);
  }, runMs);
}

server.on('request', async (request, response) => {
  const { method, url = '/' } = request;
  const send = (status: number, body: object) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  if (url.startsWith('/out/')) return response.writeHead(200, { 'content-type': 'image/webp' }).end(picture);
  const [, known] = /\/predictions\/(\w+)/.exec(url) ?? [];
  if (known !== undefined) return send(200, bodyOf(known));
  if (method !== 'POST') return send(200, { results: [], next: null });
  type Body = { input: { prompt: string; num_outputs?: number }; webhook?: string };
  const { input, webhook } = (await json(request)) as Body;
  if (input.prompt.includes('bench:hang')) return;
  const id = randomUUID().replaceAll('-', '');
  predictions.set(id, {
    prompt: input.prompt,
    webhook,
    images: input.num_outputs ?? 1,
    createdAtMs: nowMs(),
  });
  const [, runMs] = /bench:(\d+)/.exec(input.prompt) ?? [];
  if (runMs !== undefined) run(id, Number(runMs));
  send(201, bodyOf(id));
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

serveCalls({
  /** Sends webhooks there from now on. */
  sendTo: (url: string) => void (webhookTarget = url),
  /** Every prediction so far. */
  predictions: () => [...predictions.values()],
});
console.log(`ready ${origin}`);
