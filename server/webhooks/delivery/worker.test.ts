import { expect, it } from 'vitest';
import type { ClaimedDelivery, WebhookQueue } from './queue.ts';
import type { SecretBox } from './secret-box.ts';
import { createWebhookWorker } from './worker.ts';

const log = { info() {}, warn() {}, error() {} };

/** A worker whose queue gives what `claim` returns and records the other calls. */
function scripted(claim: WebhookQueue['claim'], open: SecretBox['open'] = (sealed) => sealed, renderMs = 0) {
  const calls: string[] = [];
  let nowMs = 0;
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
    async render({ id }) {
      nowMs += renderMs;
      return { id, body: '{}' };
    },
    secretBox: { open } as SecretBox,
    fetch: (_, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    clock: { nowMs: () => nowMs },
    countAttempt: (outcome) => calls.push(outcome),
    log,
  });
  return { worker, calls, recorded: recorded.promise };
}

const delivery = (number: number, isFailing: boolean) =>
  ({
    id: `${number}`,
    endpointId: `${number}`,
    userId: `${number}`,
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

it('does not blame an endpoint whose secret cannot be read', async () => {
  const deliveries = [delivery(1, false)];
  const { worker, calls, recorded } = scripted(
    async () => deliveries.pop(),
    () => {
      throw new Error('Sealed under another key');
    },
  );
  worker.start();
  await recorded;
  await worker.stop({ graceMs: 1_000 });
  expect(calls).toEqual(['error', 'recordFailure']);
});

it('sends nothing where the attempt could outlast its lease', async () => {
  const deliveries = [delivery(1, false)];
  const { worker, calls } = scripted(async () => deliveries.pop(), undefined, 10_001);
  worker.start();
  await expect.poll(() => [deliveries.length, worker.activeAttempts]).toEqual([0, 0]);
  await worker.stop({ graceMs: 0 });
  expect(calls).toEqual([]);
});
