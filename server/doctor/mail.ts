import { createTransport } from 'nodemailer';
import type { Config } from '../config/config.ts';
import { type Check, ok, skipped, warning } from './examination.ts';

const timeoutMs = 5_000;

/** Connects and signs in to the mail server, as for a mail, and sends none. */
export function mailCheck({ smtpUrl, requireEmailVerification }: Config): Check {
  return {
    name: 'mail',
    async run() {
      if (smtpUrl === undefined)
        return requireEmailVerification
          ? warning(
              'REQUIRE_EMAIL_VERIFICATION is on and SMTP_URL is not set: links are written to the log only.',
            )
          : skipped('SMTP_URL is not set: no mail is sent.');
      const { hostname, port } = new URL(smtpUrl);
      const server = port === '' ? hostname : `${hostname}:${port}`;
      const transport = createTransport({
        url: smtpUrl,
        connectionTimeout: timeoutMs,
        greetingTimeout: timeoutMs,
        socketTimeout: timeoutMs,
      });
      try {
        await transport.verify();
      } catch (error) {
        const { code, responseCode, message } = error as Error & { code?: string; responseCode?: number };
        throw new Error(
          code === 'EAUTH'
            ? `The mail server ${server} does not accept user and password of SMTP_URL (${responseCode}). Correct them.`
            : `The mail server ${server} cannot be used. Check SMTP_URL and that the server is reachable from here (${message}).`,
          { cause: error },
        );
      } finally {
        transport.close();
      }
      return ok(`The mail server ${server} lets this installation in.`);
    },
  };
}
