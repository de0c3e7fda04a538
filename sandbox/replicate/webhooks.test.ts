import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { validateWebhook, type Prediction } from 'replicate';
import { describe, expect, it, vi } from 'vitest';
import { readBody } from '../lib/http-server.ts';
import { flux, startReplicateTest } from '../../tests/support/sandbox.ts';

interface Delivery {
  headers: IncomingHttpHeaders;
  raw: string;
  prediction: Prediction;
}

/** A receiver that answers with the statuses in turn, and with 200 after the last. */
async function startReceiver(statuses: number[] = []) {
  const deliveries: Delivery[] = [];
  const server = createServer(async (request, response) => {
    const raw = String(await readBody(request, 1_000_000));
    deliveries.push({ headers: request.headers, raw, prediction: JSON.parse(raw) });
    response.writeHead(statuses.shift() ?? 200, { Location: '/elsewhere' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook?task=t1`;
  const statesOf = () => deliveries.map(({ prediction }) => prediction.status);
  return {
    url,
    deliveries,
    statesOf,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
    /** Resolves when `count` deliveries with a final status have come. */
    finals: (count: number) =>
      vi.waitFor(() => expect(statesOf().filter((status) => status !== 'processing')).toHaveLength(count), {
        timeout: 10_000,
        interval: 10,
      }),
  };
}

const input = { prompt: 'a red fox', megapixels: '0.25', output_format: 'png' };

describe('webhooks', () => {
  it('tell of the start and the end with the prediction as GET shows it, signed so that the SDK accepts it', async () => {
    await using test = await startReplicateTest({ speed: 20 });
    await using receiver = await startReceiver();
    const { id } = await test.client.predictions.create({ model: flux, input, webhook: receiver.url });
    await receiver.finals(1);
    const [first] = receiver.deliveries;
    const last = receiver.deliveries.find(({ prediction }) => prediction.status === 'succeeded');
    expect(first?.prediction).toMatchObject({ id, status: 'processing', output: null });
    expect(last?.prediction).toEqual(await test.client.predictions.get(id));
    expect(new Set(receiver.deliveries.map(({ headers }) => headers['webhook-id'])).size).toBe(
      receiver.deliveries.length,
    );
    for (const { headers, raw } of receiver.deliveries) {
      const request = {
        id: String(headers['webhook-id']),
        timestamp: String(headers['webhook-timestamp']),
        signature: String(headers['webhook-signature']),
        body: raw,
      };
      expect(await validateWebhook({ ...request, secret: test.webhookSecret })).toBe(true);
      expect(await validateWebhook({ ...request, body: `${raw} `, secret: test.webhookSecret })).toBe(false);
      expect(Math.abs(Number(request.timestamp) - Date.now() / 1000)).toBeLessThan(30);
    }
  });

  it('come for the chosen events alone', async () => {
    await using test = await startReplicateTest();
    await using receiver = await startReceiver();
    const options = { webhook: receiver.url, webhook_events_filter: ['completed' as const] };
    const { id } = await test.client.predictions.create({ model: flux, input, ...options });
    await receiver.finals(1);
    expect(receiver.statesOf()).toEqual(['succeeded']);
    expect(await test.client.predictions.get(id)).toMatchObject(options);
  });

  it('tell of logs at most every half second', async () => {
    await using test = await startReplicateTest({ speed: 10 });
    await using receiver = await startReceiver();
    const options = { webhook: receiver.url, webhook_events_filter: ['logs' as const, 'completed' as const] };
    // 10 seconds with 24 lines of logs: without the limit all of them would be told.
    const many = { prompt: 'sandbox:slow=10', megapixels: '0.25', num_outputs: 4 };
    await test.client.predictions.create({ model: flux, input: many, ...options });
    await receiver.finals(1);
    const logs = receiver.deliveries.slice(0, -1);
    expect(logs.length).toBeGreaterThan(5);
    expect(logs.length).toBeLessThanOrEqual(21);
  });

  it('repeat the last delivery, under its id, until it is taken; the others never', async () => {
    await using test = await startReplicateTest();
    await using receiver = await startReceiver([500, 503, 404]);
    const options = {
      webhook: receiver.url,
      webhook_events_filter: ['start' as const, 'completed' as const],
    };
    await test.client.predictions.create({ model: flux, input, ...options });
    await receiver.finals(3);
    const [, ...last] = receiver.deliveries;
    expect(receiver.statesOf()).toEqual(['processing', 'succeeded', 'succeeded', 'succeeded']);
    expect(new Set(last.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('do not follow redirects', async () => {
    await using test = await startReplicateTest();
    await using receiver = await startReceiver([302]);
    const options = {
      webhook: receiver.url,
      webhook_events_filter: ['start' as const, 'completed' as const],
    };
    await test.client.predictions.create({ model: flux, input, ...options });
    await receiver.finals(1);
    expect(receiver.statesOf()).toEqual(['processing', 'succeeded']);
  });

  it('tell of a cancel, of an abort and of a failure', async () => {
    await using test = await startReplicateTest();
    await using receiver = await startReceiver();
    const options = { model: flux, webhook: receiver.url, webhook_events_filter: ['completed' as const] };
    const canceled = await test.client.predictions.create({
      ...options,
      input: { prompt: 'sandbox:queued=9000' },
    });
    await test.client.predictions.cancel(canceled.id);
    await receiver.finals(1);
    await test.client.predictions.create({ ...options, input: { prompt: 'sandbox:aborted' } });
    await receiver.finals(2);
    await test.client.predictions.create({ ...options, input: { prompt: 'sandbox:failed' } });
    await receiver.finals(3);
    expect(receiver.statesOf()).toEqual(['canceled', 'aborted', 'failed']);
  });

  it('come twice, and the first once more at the end, where the prompt says so', async () => {
    await using test = await startReplicateTest();
    await using receiver = await startReceiver();
    const options = {
      webhook: receiver.url,
      webhook_events_filter: ['start' as const, 'completed' as const],
    };
    await test.client.predictions.create({
      model: flux,
      input: { ...input, prompt: 'sandbox:duplicate-webhook' },
      ...options,
    });
    await vi.waitFor(() => expect(receiver.deliveries).toHaveLength(5), { timeout: 10_000, interval: 10 });
    expect(receiver.statesOf()).toEqual(['processing', 'processing', 'succeeded', 'succeeded', 'processing']);
    expect(new Set(receiver.deliveries.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
  });

  it('are sent to this machine alone', async () => {
    const lines: unknown[] = [];
    await using test = await startReplicateTest({ log: (message) => lines.push(message) });
    const webhook = 'https://proofsheet.example/webhook';
    await test.end(await test.client.predictions.create({ model: flux, input, webhook }));
    expect(lines).toEqual(['webhook not sent: the sandbox calls only addresses on this machine']);
  });
});
