import type { Log } from '../lib/log.ts';
import type { Mailer } from './mailer.ts';

/** Writes the link of each mail to the log in place of sending it: for an installation without a mail server. */
export function createLogMailer(log: Log): Mailer {
  return {
    async send({ to, subject, link }) {
      log.info({ component: 'mail', to, subject, link }, 'SMTP_URL is not set: this mail is only logged');
    },
    close() {},
  };
}
