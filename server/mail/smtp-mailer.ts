/** Sends mail over SMTP. */
import { createTransport } from 'nodemailer';
import { type Mailer, MailRefused } from './mailer.ts';

/** So that a mail server that does not respond holds a connection for a limited time. */
const timeoutMs = 20_000;

/**
 * @param options.url `smtp://user:password@host:587`, or `smtps://` with TLS from the start. Over `smtp:`, STARTTLS is used
 *   where the server offers it.
 * @param options.from The sender, such as `Proofsheet <mail@example.com>`.
 */
export function createSmtpMailer({ url, from }: { url: string; from: string }): Mailer {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // No part of a mail is read from a file or fetched.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text, html }) {
      try {
        await transport.sendMail({
          from,
          to: { name: '', address: to },
          subject,
          text,
          html,
          // Answers of an absence are not wanted (RFC 3834, section 5).
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
      } catch (error) {
        const { responseCode = 0, command } = error as { responseCode?: number; command?: string };
        // A 5xx to the recipient or the content is final (RFC 5321, section 4.2.1); to AUTH it is a setting that may change.
        const isFinal = responseCode >= 500 && ['MAIL FROM', 'RCPT TO', 'DATA'].includes(command ?? '');
        throw isFinal ? new MailRefused('The mail server refused the mail', { cause: error }) : error;
      }
    },
    close: () => transport.close(),
  };
}
