/**
 * Sends due deliveries. Each node claims as many as it has slots, and few of one endpoint or user (`slotLimits`), so that
 * receivers that hang hold up no others. It shares no slot with the worker of tasks.
 */
import { createLoop } from '../../lib/loop.ts';
import type { Clock } from '../../lib/clock.ts';
import { BlockedAddress, type GuardedFetch } from '../../lib/guarded-fetch.ts';
import type { Log } from '../../lib/log.ts';
import { withTimeout } from '../../lib/timeout.ts';
import { type ClaimedDelivery, slotLimits } from './claim.ts';
import type { WebhookQueue } from './queue.ts';
import { retryDelayMs } from './schedule.ts';
import type { SecretBox } from './secret-box.ts';
import { signedHeaders } from './signature.ts';

export type WebhookWorker = ReturnType<typeof createWebhookWorker>;

/** How an attempt ended; `error`: nothing was sent, by a fault of this installation. */
export type AttemptOutcome = 'delivered' | 'failed' | 'error';

interface Dependencies {
  queue: WebhookQueue;
  /** The `webhook-id` and the body of the delivery. */
  render: (delivery: ClaimedDelivery) => Promise<{ id: string; body: string }>;
  secretBox: SecretBox;
  fetch: GuardedFetch;
  clock: Clock;
  countAttempt: (outcome: AttemptOutcome) => void;
  log: Log;
  /** The time for a response to arrive. */
  timeoutMs?: number;
  /** The time from a claim after which another node may attempt the delivery. */
  leaseMs?: number;
}

/** Longer than an attempt takes, with reads of a database that is slow. */
const defaultLeaseMs = 30_000;
const idleMs = 1_000;

export function createWebhookWorker(dependencies: Dependencies) {
  const { queue, log, leaseMs = defaultLeaseMs } = dependencies;
  const stopper = new AbortController();
  const abandoning = new AbortController();
  const running = new Map<Promise<void>, ClaimedDelivery>();

  function begin(delivery: ClaimedDelivery, leaseEnd: AbortSignal): void {
    const attempt = runAttempt(delivery, dependencies, AbortSignal.any([abandoning.signal, leaseEnd]))
      // The lease expires, then the delivery is attempted again.
      .catch((error: unknown) => log.error({ error, deliveryId: delivery.id }, 'webhook attempt failed'))
      .finally(() => {
        running.delete(attempt);
        loop.wake();
      });
    running.set(attempt, delivery);
  }

  const loop = createLoop({
    async pass() {
      while (running.size < slotLimits.all && !stopper.signal.aborted) {
        // Before the claim, so that it ends before the lease: a later request could arrive after the task's next event.
        const leaseEnd = AbortSignal.timeout(leaseMs);
        const deliveries = await queue.claim({ running: [...running.values()], leaseMs });
        if (deliveries.length === 0) break;
        for (const delivery of deliveries) begin(delivery, leaseEnd);
      }
      return idleMs;
    },
    onError: (error) => log.error({ error }, 'look for due webhooks failed'),
    idleMs,
    stopping: stopper.signal,
  });
  let looping: Promise<void> | undefined;

  return {
    /** Attempts that are running. */
    get activeAttempts() {
      return running.size;
    },
    start(): void {
      looping ??= loop.run();
    },
    /** Looks for due deliveries immediately. */
    wake: () => loop.wake(),
    /** Claims nothing new and waits up to `graceMs` for running attempts; then abandons them, with their leases. */
    async stop({ graceMs }: { graceMs: number }): Promise<void> {
      stopper.abort();
      await looping;
      const all = Promise.all(running.keys());
      await withTimeout(graceMs, 'Webhook attempts are still running', all).catch(() => {});
      abandoning.abort();
      await Promise.all(running.keys());
    },
  };
}

async function runAttempt(
  delivery: ClaimedDelivery,
  dependencies: Dependencies,
  abandoned: AbortSignal,
): Promise<void> {
  const { queue, countAttempt, log } = dependencies;
  const { endpointId } = delivery;
  const request = await prepare(delivery, dependencies).catch((error: unknown) => {
    log.error({ error, deliveryId: delivery.id }, 'webhook could not be prepared');
  });
  const response = request && (await send(delivery.url, request, dependencies, abandoned));
  const status = response?.status ?? null;
  if (abandoned.aborted && status === null) return;
  if (status !== null && status >= 200 && status < 300) {
    countAttempt('delivered');
    await queue.recordSuccess(delivery, status);
    return queue.recordEndpointSuccess(endpointId);
  }
  countAttempt(response ? 'failed' : 'error');
  const isGone = status === 410;
  await queue.recordFailure(delivery, {
    responseStatus: status,
    retryDelayMs: isGone ? null : retryDelayMs(delivery.failures, Math.random()),
  });
  if (!response) return;
  log.info({ deliveryId: delivery.id, endpointId, ...response }, 'webhook not delivered');
  if (!(await queue.recordEndpointFailure(delivery, isGone))) return;
  log.warn({ endpointId, isGone }, 'webhook endpoint disabled');
  await queue.giveUp(endpointId);
}

interface PreparedRequest {
  headers: Record<string, string>;
  body: string;
}

async function prepare(
  delivery: ClaimedDelivery,
  { render, secretBox, clock }: Dependencies,
): Promise<PreparedRequest> {
  const { id, body } = await render(delivery);
  const { secret, previousSecret } = delivery;
  // The one before a rotation may be lost, which is then why it was rotated.
  const before = previousSecret !== null && secretBox.canOpen(previousSecret) ? [previousSecret] : [];
  const secrets = [secret, ...before].map(secretBox.open);
  const message = { id, sentAtMs: clock.nowMs(), body };
  return {
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': 'Proofsheet-Webhooks',
      ...signedHeaders(message, secrets),
    },
    body,
  };
}

/** The status of the response; where none came, a reason that names neither the address nor what was sent. */
async function send(
  url: string,
  post: PreparedRequest,
  { fetch, timeoutMs = 15_000 }: Dependencies,
  abandoned: AbortSignal,
): Promise<{ status: number | null; reason?: string }> {
  const signal = AbortSignal.any([abandoned, AbortSignal.timeout(timeoutMs)]);
  try {
    const { status } = await fetch(url, { signal, maxBytes: 0, post });
    return { status };
  } catch (error) {
    if (error instanceof BlockedAddress) return { status: null, reason: error.reason };
    if (signal.aborted) return { status: null, reason: 'TIMEOUT' };
    return { status: null, reason: (error as NodeJS.ErrnoException).code ?? 'NO_RESPONSE' };
  }
}
