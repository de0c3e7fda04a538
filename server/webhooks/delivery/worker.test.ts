import { expect, it } from 'vitest';
import { systemClock } from '../../lib/clock.ts';
import type { ClaimedDelivery, ClaimOptions } from './claim.ts';
import type { WebhookQueue } from './queue.ts';
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

it('claims until its slots are full, counting what runs, and leaves its leases to other nodes when it stops', async () => {
  const counted: ClaimOptions['running'][] = [];
  const { worker, calls } = scripted(async ({ running }) => {
    counted.push(running);
    const length = Math.min(40, 100 - running.length);
    return Array.from({ length }, (_, index) => delivery(running.length + index, index === 0));
  });
  worker.start();
  await expect.poll(() => worker.activeAttempts).toBe(100);
  expect(counted.map(({ length }) => length)).toEqual([0, 40, 80]);
  expect(counted.at(-1)?.filter(({ isFailing }) => isFailing)).toHaveLength(2);
  await worker.stop({ graceMs: 0 });
  expect(calls).toEqual([]);
});

// Turns red where a slow preparation sends an event after another node has sent it and the next one of its task.
it('sends nothing after its lease', async () => {
  const deliveries = [delivery(1, false)];
  const expired = Promise.withResolvers<void>();
  const { worker, sent, calls } = scripted(
    async ({ leaseMs }) => {
      // Later than the worker's own timer, so it fires after it.
      AbortSignal.timeout(leaseMs).addEventListener('abort', () => expired.resolve());
      return deliveries.splice(0);
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
  const { worker, calls, recorded } = scripted(async () => deliveries.splice(0), {
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
