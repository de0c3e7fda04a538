import { createHmac, randomBytes } from 'node:crypto';
import { callLoopback, isLoopback } from '../loopback-client.ts';
import type { Pace } from '../pace.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import type { WebhookEvent } from './validation.ts';

export interface WebhookSubject {
  url: string;
  events: readonly WebhookEvent[];
  /** Whether every delivery goes out twice, and the first one once more at the end. */
  twice: boolean;
  /** The prediction as it stands. */
  body(): string;
}

/** Tells one prediction's receiver what happens to it. */
export type Notify = (event: WebhookEvent) => void;

export interface Webhooks {
  open(subject: WebhookSubject): Notify;
  /** Resolves when no delivery is under way or waiting; after `signal` aborted, soon. */
  idle(): Promise<void>;
}

interface Message {
  id: string;
  body: string;
}

/** `output` and `logs` are sent at most this often. */
const throttleMs = 500;
/** Only the last delivery is repeated, for about a minute. */
const retrySeconds = [1, 2, 4, 8, 16, 30];
const answerWithinMs = 5_000;
const reportEveryMs = 60_000;

export function createWebhookSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

/** The `webhook-signature` of a delivery, as https://www.standardwebhooks.com defines it. */
export function signWebhook(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

export function createWebhooks({
  secret,
  pace,
  signal,
  log,
}: {
  secret: string;
  pace: Pace;
  signal: AbortSignal;
  log: SandboxLog;
}): Webhooks {
  const running = new Set<Promise<void>>();

  function track(work: Promise<void>) {
    // The only way for this work to fail is the end of the sandbox.
    const done = work.catch(() => {}).finally(() => running.delete(done));
    running.add(done);
  }

  // Once a minute at most: a receiver that is away misses every delivery.
  let [lost, lostLast, reportedAtMs] = [0, 0, -Infinity];
  function reportLost(isLast: boolean) {
    lost += 1;
    if (isLast) lostLast += 1;
    if (performance.now() - reportedAtMs < reportEveryMs) return;
    log('webhooks not delivered', { count: lost, last: lostLast });
    [lost, lostLast, reportedAtMs] = [0, 0, performance.now()];
  }

  async function send(url: string, { id, body }: Message): Promise<boolean> {
    const timestamp = Math.floor(pace.now() / 1000);
    const headers = {
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      'webhook-signature': signWebhook(secret, id, timestamp, body),
    };
    try {
      const options = {
        method: 'POST',
        headers,
        body,
        maxBytes: 1_000_000,
        timeoutMs: answerWithinMs,
        signal,
      } as const;
      return (await callLoopback(url, options)).status < 400;
    } catch {
      return false;
    }
  }

  async function deliver(url: string, message: Message, isLast: boolean) {
    if (await send(url, message)) return;
    for (const seconds of isLast ? retrySeconds : []) {
      await pace.work(seconds * 1000, signal);
      if (await send(url, message)) return;
    }
    reportLost(isLast);
  }

  return {
    open({ url, events, twice, body }) {
      if (!isLoopback(url)) {
        log('webhook not sent: the sandbox calls only addresses on this machine');
        return () => {};
      }
      let first: Message | undefined;
      let last = false;
      let quiet = false;
      let pending = false;

      function dispatch(isLast: boolean) {
        const message = { id: `msg_${randomBytes(18).toString('base64url')}`, body: body() };
        first ??= message;
        const repeated = twice ? [message, ...(isLast ? [first] : [])] : [];
        track(
          (async () => {
            await deliver(url, message, isLast);
            for (const again of repeated) await deliver(url, again, false);
          })(),
        );
      }

      function dispatchThrottled() {
        pending = quiet;
        if (quiet) return;
        quiet = true;
        dispatch(false);
        track(
          pace.work(throttleMs, signal).then(() => {
            quiet = false;
            if (pending && !last) dispatchThrottled();
          }),
        );
      }

      return (event) => {
        if (last || signal.aborted) return;
        last = event === 'completed';
        if (!events.includes(event)) return;
        if (event === 'output' || event === 'logs') dispatchThrottled();
        else dispatch(last);
      };
    },

    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
