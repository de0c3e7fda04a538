import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../lib/clock.ts';
import type { ProviderReport } from '../providers/provider.ts';
import { createWebhookHandler } from './webhooks.ts';

const report: ProviderReport = {
  taskId: 'task',
  attempt: 1,
  deliveryId: 'delivery',
  state: { status: 'unknown' },
};

type Dependencies = Parameters<typeof createWebhookHandler>[0];

/** A server with the handler alone, which takes every delivery as signed and new by default. */
async function serve(differences: Partial<Dependencies> = {}) {
  const handled: ProviderReport[] = [];
  const warnings: unknown[] = [];
  const ignore = () => {};
  let refused = 0;
  const handler = createWebhookHandler({
    canBeSigned: () => true,
    read: () => ({ kind: 'report', report }),
    recordDelivery: async () => true,
    async handleReport(given) {
      handled.push(given);
    },
    isDraining: () => false,
    clock: systemClock,
    log: { info: ignore, error: ignore, warn: (details) => void warnings.push(details) },
    ...differences,
  });
  const server = createServer((request, response) => {
    refused += 1;
    const markNotRefused = () => (refused -= 1);
    void handler(request, response, { waitMs: 0, markNotRefused, countBytes: () => {} });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/replicate?task=task`;
  const deliver = async (init: RequestInit = { method: 'POST', body: '{}' }) =>
    (await fetch(url, init)).status;
  return { handled, warnings, deliver, refused: () => refused };
}

it('handles a delivery that is signed and new', async () => {
  let read: { url: string; rawBody: Buffer } | undefined;
  const { handled, deliver } = await serve({
    read(request) {
      read = request;
      return { kind: 'report', report };
    },
  });
  expect(await deliver({ method: 'POST', body: '{"id": 1}\n' })).toBe(200);
  expect(handled).toEqual([report]);
  expect([read?.url, read?.rawBody.toString()]).toEqual(['/webhooks/replicate?task=task', '{"id": 1}\n']);
});

it.each<[string, number, Partial<Dependencies>]>([
  ['that is forged', 401, { read: () => ({ kind: 'forged' }) }],
  ['that tells nothing', 200, { read: () => ({ kind: 'unreadable' }) }],
  ['that came before', 200, { recordDelivery: async () => false }],
  ['to a node that stops, so that it comes again to another', 503, { isDraining: () => true }],
])('does not act on a delivery %s', async (_, status, differences) => {
  const { handled, deliver } = await serve(differences);
  expect(await deliver()).toBe(status);
  expect(handled).toEqual([]);
});

it('leaves it to the handler to record a delivery of progress', async () => {
  const running: ProviderReport = { ...report, state: { status: 'running', operation: {}, started: true } };
  const { handled, deliver } = await serve({
    read: () => ({ kind: 'report', report: running }),
    recordDelivery: () => Promise.reject(new Error('Recorded')),
  });
  expect([await deliver(), await deliver()]).toEqual([200, 200]);
  expect(handled).toEqual([running, running]);
});

it('reads no body under headers that cannot be those of a signature', async () => {
  const { deliver, refused } = await serve({ canBeSigned: () => false });
  // Its end never comes, and so the answer would not either.
  const body = new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) });
  expect(await deliver({ method: 'POST', body, duplex: 'half' } as RequestInit)).toBe(401);
  expect(refused()).toBe(1);
});

it('counts a forged delivery as refused, and none that is signed', async () => {
  const forged = await serve({ read: () => ({ kind: 'forged' }) });
  await forged.deliver();
  expect(forged.refused()).toBe(1);
  const signed = await serve();
  await signed.deliver();
  expect(signed.refused()).toBe(0);
});

it('refuses what is no delivery', async () => {
  const { handled, deliver } = await serve();
  expect(await deliver({ method: 'GET' })).toBe(405);
  expect(await deliver({ method: 'POST', body: Buffer.alloc(8_000_001) })).toBe(413);
  expect(handled).toEqual([]);
});

it('answers before it acts, and logs it where it cannot', async () => {
  const answered = Promise.withResolvers<void>();
  const { warnings, deliver } = await serve({
    async handleReport() {
      await answered.promise;
      throw new Error('The database is away');
    },
  });
  expect(await deliver()).toBe(200);
  answered.resolve();
  await expect.poll(() => warnings).toMatchObject([{ error: { message: 'The database is away' } }]);
});
