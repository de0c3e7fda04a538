import { expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import type { ClaimedDelivery, WebhookQueue } from './queue.ts';
import type { SecretBox } from './secret-box.ts';
import { createWebhookWorker } from './worker.ts';

const log = { info() {}, warn() {}, error() {} };

/** A worker whose queue gives what `claim` returns and records the other calls; its requests hang. */
function scripted(
  claim: WebhookQueue['claim'],
  changes: Partial<Parameters<typeof createWebhookWorker>[0]> = {},
) {
  const sent: string[] = [];
  const calls: string[] = [];
  const recorded = Promise.withResolvers<void>();
  const record = (name: string) => async () => {
    calls.push(name);
    recorded.resolve();
  };
  const worker = createWebhookWorker({
    queue: {
      claim,
      recordFailure: record('recordFailure'),
      recordEndpointFailure: record('recordEndpointFailure'),
    } as unknown as WebhookQueue,
    render: async ({ id }) => ({ id, body: '{}' }),
    secretBox: { open: (sealed) => sealed } as SecretBox,
    async fetch(url, { signal }) {
      signal.throwIfAborted();
      sent.push(url);
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
    clock: systemClock,
    countAttempt: (outcome) => calls.push(outcome),
    log,
    ...changes,
  });
  return { worker, sent, calls, recorded: recorded.promise };
}

const delivery = (number: number, isFailing: boolean) =>
  ({
    id: `${number}`,
    endpointId: `${number}`,
    userId: `${number}`,
    url: 'https://hooks.example/',
    secret: 'whsec_',
    previousSecret: null,
    failures: 0,
    isFailing,
  }) as ClaimedDelivery;

it('leaves half of its slots to endpoints that do not fail, and its leases to other nodes when it stops', async () => {
  const claimed: boolean[] = [];
  const { worker, calls } = scripted(async ({ mayBeFailing }) => {
    claimed.push(mayBeFailing);
    return delivery(claimed.length, mayBeFailing);
  });
  worker.start();
  await expect.poll(() => worker.activeAttempts).toBe(100);
  expect(claimed.filter((isFailing) => isFailing)).toHaveLength(50);
  await worker.stop({ graceMs: 0 });
  expect(claimed).toHaveLength(100);
  expect(calls).toEqual([]);
});

it('leaves the slots beyond 20 to other users', async () => {
  let claimed = 0;
  const { worker } = scripted(async ({ busyUserIds }) => {
    claimed += 1;
    return busyUserIds.includes('one') ? undefined : { ...delivery(claimed, false), userId: 'one' };
  });
  worker.start();
  await expect.poll(() => claimed).toBe(21);
  expect(worker.activeAttempts).toBe(20);
  await worker.stop({ graceMs: 0 });
});

it('attempts one delivery at a time of an endpoint that fails, four of another', async () => {
  const deliveries = [true, false, false, false, false].map((isFailing) =>
    delivery(Number(isFailing), isFailing),
  );
  const busy: (readonly string[])[] = [];
  const { worker } = scripted(async ({ busyEndpointIds }) => {
    busy.push(busyEndpointIds);
    return deliveries.shift();
  });
  worker.start();
  await expect.poll(() => busy.slice(0, 6)).toEqual([[], ['1'], ['1'], ['1'], ['1'], ['1', '0']]);
  await worker.stop({ graceMs: 0 });
});

// Turns red where a slow preparation sends an event after another node has sent it and the next one of its task.
it('sends nothing after its lease', async () => {
  const deliveries = [delivery(1, false)];
  const expired = Promise.withResolvers<void>();
  const { worker, sent, calls } = scripted(
    async ({ leaseMs }) => {
      // Later than the worker's own timer, so it fires after it.
      AbortSignal.timeout(leaseMs).addEventListener('abort', () => expired.resolve());
      return deliveries.pop();
    },
    {
      leaseMs: 1,
      async render({ id }) {
        await expired.promise;
        return { id, body: '{}' };
      },
    },
  );
  worker.start();
  await expired.promise;
  await expect.poll(() => worker.activeAttempts).toBe(0);
  await worker.stop({ graceMs: 0 });
  expect([sent, calls]).toEqual([[], []]);
});

it('does not blame an endpoint whose secret cannot be read', async () => {
  const deliveries = [delivery(1, false)];
  const { worker, calls, recorded } = scripted(async () => deliveries.pop(), {
    secretBox: {
      open() {
        throw new Error('Sealed under another key');
      },
    } as unknown as SecretBox,
  });
  worker.start();
  await recorded;
  await worker.stop({ graceMs: 1_000 });
  expect(calls).toEqual(['error', 'recordFailure']);
});
