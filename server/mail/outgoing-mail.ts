/** Sends mails in the background, so that the time of a response does not depend on whether one was sent. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../lib/log.ts';
import { type Mail, type Mailer, MailRefused } from './mailer.ts';

export type OutgoingMail = ReturnType<typeof createOutgoingMail>;

/** The pauses before further attempts. Links expire after an hour. */
const defaultPausesMs = [1_000, 10_000, 60_000, 300_000, 900_000];
/** Mails that wait or are being sent. */
const defaultMaxWaiting = 1_000;

/**
 * Mails that wait when the process ends are lost; their users ask for another one. Where too many wait, the newest mail of the
 * source with the most is dropped, so that one that asks for thousands takes no room from others.
 */
export function createOutgoingMail({
  mailer,
  log,
  pausesMs = defaultPausesMs,
  maxWaiting = defaultMaxWaiting,
}: {
  mailer: Mailer;
  log: Log;
  pausesMs?: readonly number[];
  maxWaiting?: number;
}) {
  const stopping = new AbortController();
  const sending = new Set<Promise<void>>();
  /** What waits, oldest first, by its source. */
  const waiting = new Map<string, Set<AbortController>>();
  let waitingCount = 0;

  async function deliver(mail: Mail, dropping: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([stopping.signal, dropping]);
    for (let attempt = 0; ; attempt += 1) {
      try {
        if (!dropping.aborted) await mailer.send(mail);
        return;
      } catch (error) {
        const { subject } = mail;
        const pauseMs = error instanceof MailRefused ? undefined : pausesMs[attempt];
        if (pauseMs === undefined || signal.aborted)
          return log.error({ component: 'mail', subject, error }, 'a mail was not sent');
        log.warn({ component: 'mail', subject, error }, 'a mail was not sent; it is sent again later');
        await sleep(pauseMs, undefined, { signal }).catch(() => {});
      }
    }
  }

  function enter(source: string): AbortController {
    const entry = new AbortController();
    waiting.set(source, (waiting.get(source) ?? new Set()).add(entry));
    waitingCount += 1;
    return entry;
  }

  function leave(source: string, entry: AbortController): void {
    const entries = waiting.get(source);
    if (!entries?.delete(entry)) return;
    waitingCount -= 1;
    if (entries.size === 0) waiting.delete(source);
  }

  function dropNewestOfLargest(): void {
    const [source, entries] = [...waiting].reduce((largest, each) =>
      each[1].size > largest[1].size ? each : largest,
    );
    const newest = [...entries].at(-1)!;
    leave(source, newest);
    newest.abort();
    log.error({ component: 'mail' }, 'too many mails wait: one was dropped');
  }

  return {
    /**
     * Returns at once. A mail that cannot be sent is logged, without its address and its link.
     * @param source Names the client that asked for it.
     */
    send(mail: Mail, source: string): void {
      const entry = enter(source);
      if (waitingCount > maxWaiting) dropNewestOfLargest();
      const delivery = deliver(mail, entry.signal).finally(() => {
        sending.delete(delivery);
        leave(source, entry);
      });
      sending.add(delivery);
    },
    /** Each waiting mail gets one more attempt. */
    async close(): Promise<void> {
      stopping.abort();
      await Promise.race([Promise.all(sending), sleep(3_000, undefined, { ref: false })]);
      mailer.close();
    },
  };
}
