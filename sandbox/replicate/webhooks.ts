import { createHmac, randomBytes } from 'node:crypto';
import { createBackgroundWork } from '../lib/background-work.ts';
import { callLoopback, isLoopback } from '../lib/http-client.ts';
import type { SandboxLog } from '../lib/pace.ts';
import type { Emulator } from './emulator.ts';
import type { WebhookEvent } from './validation.ts';

interface WebhookSubject {
  url: string;
  events: readonly WebhookEvent[];
  /** Whether every delivery goes out twice, and the first one once more at the end. */
  twice: boolean;
  /** The prediction as it is now. */
  body(): string;
}

/** Sends an event of one prediction to its webhook. */
export type Notify = (event: WebhookEvent) => void;

export type Webhooks = ReturnType<typeof createWebhooks>;

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
function signWebhook(secret: string, id: string, timestamp: number, body: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
}

type Context = Pick<Emulator, 'webhookSecret' | 'pace' | 'signal' | 'log'>;

export function createWebhooks(context: Context) {
  const { pace, signal, log } = context;
  const work = createBackgroundWork();
  const deliver = createDelivery(context);
  // Only the end of the sandbox makes this work fail.
  const track = (delivery: Promise<void>) => work.add(delivery.catch(() => {}));

  /** Sends a message of the prediction as it is now; the last one twice more where that is scripted. */
  function createDispatch({ url, twice, body }: WebhookSubject) {
    let first: Message | undefined;
    return (isLast: boolean) => {
      const message = { id: `msg_${randomBytes(18).toString('base64url')}`, body: body() };
      first ??= message;
      const repeated = twice ? [message, ...(isLast ? [first] : [])] : [];
      const deliverAll = async () => {
        await deliver(url, message, isLast);
        for (const again of repeated) await deliver(url, again, false);
      };
      track(deliverAll());
    };
  }

  return {
    open(subject: WebhookSubject): Notify {
      if (!isLoopback(subject.url)) {
        log('webhook not sent: the sandbox calls only addresses on this machine');
        return () => {};
      }
      const dispatch = createDispatch(subject);
      let hasEnded = false;
      let isThrottled = false;
      let isPending = false;

      function dispatchThrottled() {
        isPending = isThrottled;
        if (isThrottled) return;
        isThrottled = true;
        dispatch(false);
        track(
          pace.work(throttleMs, signal).then(() => {
            isThrottled = false;
            if (isPending && !hasEnded) dispatchThrottled();
          }),
        );
      }

      return (event) => {
        if (hasEnded || signal.aborted) return;
        hasEnded = event === 'completed';
        if (!subject.events.includes(event)) return;
        if (event === 'output' || event === 'logs') dispatchThrottled();
        else dispatch(hasEnded);
      };
    },
    /** Resolves when no delivery is running or waiting; soon after `signal` aborted. */
    idle: work.idle,
  };
}

/** Delivers a message, the last one of a prediction with retries. Rejects when `signal` aborts. */
function createDelivery(context: Context) {
  const { pace, signal, log } = context;
  const reportLost = createLossReport(log);
  return async (url: string, message: Message, isLast: boolean): Promise<void> => {
    if (await send(url, message, context)) return;
    for (const seconds of isLast ? retrySeconds : []) {
      await pace.work(seconds * 1000, signal);
      if (await send(url, message, context)) return;
    }
    reportLost(isLast);
  };
}

/** Logs at most once a minute, because a receiver that is down misses every delivery. */
function createLossReport(log: SandboxLog) {
  let [lost, lostLast, reportedAtMs] = [0, 0, -Infinity];
  return (isLast: boolean) => {
    lost += 1;
    if (isLast) lostLast += 1;
    if (performance.now() - reportedAtMs < reportEveryMs) return;
    log('webhooks not delivered', { count: lost, last: lostLast });
    [lost, lostLast, reportedAtMs] = [0, 0, performance.now()];
  };
}

/** @returns whether the receiver accepted the message */
async function send(
  url: string,
  { id, body }: Message,
  { webhookSecret, pace, signal }: Context,
): Promise<boolean> {
  const timestamp = Math.floor(pace.now() / 1000);
  const headers = {
    'Content-Type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signWebhook(webhookSecret, id, timestamp, body),
  };
  const options = { headers, body, maxBytes: 1_000_000, timeoutMs: answerWithinMs, signal };
  try {
    return (await callLoopback(url, { method: 'POST', ...options })).status < 400;
  } catch {
    return false;
  }
}
