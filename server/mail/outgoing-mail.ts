/** Sends mails in the background, so that the time of a response does not depend on whether one was sent. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../lib/log.ts';
import { type Mail, type Mailer, MailRefused } from './mailer.ts';

export type OutgoingMail = ReturnType<typeof createOutgoingMail>;

/** The pauses before further attempts. Links expire after an hour. */
const defaultPausesMs = [1_000, 10_000, 60_000, 300_000, 900_000];
/** Mails that wait or are being sent; more are dropped. */
const maxWaiting = 1_000;

/** Mails that wait when the process ends are lost; their users ask for another one. */
export function createOutgoingMail({
  mailer,
  log,
  pausesMs = defaultPausesMs,
}: {
  mailer: Mailer;
  log: Log;
  pausesMs?: readonly number[];
}) {
  const stopping = new AbortController();
  const sending = new Set<Promise<void>>();

  async function deliver(mail: Mail): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await mailer.send(mail);
      } catch (error) {
        const { subject } = mail;
        const pauseMs = error instanceof MailRefused ? undefined : pausesMs[attempt];
        if (pauseMs === undefined || stopping.signal.aborted)
          return log.error({ component: 'mail', subject, error }, 'a mail was not sent');
        log.warn({ component: 'mail', subject, error }, 'a mail was not sent; it is sent again later');
        await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  return {
    /** Returns at once. A mail that cannot be sent is logged, without its address and its link. */
    send(mail: Mail): void {
      if (sending.size >= maxWaiting)
        return log.error(
          { component: 'mail', subject: mail.subject },
          'too many mails wait: one was dropped',
        );
      const delivery = deliver(mail).finally(() => sending.delete(delivery));
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
