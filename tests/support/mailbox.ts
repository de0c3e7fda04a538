/** A real SMTP server on loopback, and the mails that it got. */
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  to: string;
  subject: string;
  /** The plain text. */
  text: string;
  /** The first link of the plain text. */
  link: string | undefined;
  raw: string;
}

/** What the server answers to the mail with this number, from 0 on; undefined where it accepts it. */
type Refusal = (number: number) => { responseCode: number } | undefined;

interface MailboxOptions {
  refusal?: Refusal;
  /** The only one that is accepted; absent: no client has to sign in. */
  password?: string;
}

export async function openMailbox({ refusal = () => undefined, password }: MailboxOptions = {}) {
  const mails: ReceivedMail[] = [];
  const waiting = new Set<() => void>();
  let attempts = 0;
  const server = new SMTPServer({
    authOptional: password === undefined,
    // Without TLS, as it is on loopback.
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth(auth, _, done) {
      if (password === undefined || auth.password === password) return done(null, { user: auth.username });
      done(new Error('Refused by the test'));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const refused = refusal(attempts);
        attempts += 1;
        if (refused) return done(Object.assign(new Error('Refused by the test'), refused));
        mails.push(read(Buffer.concat(chunks).toString(), session.envelope.rcptTo[0]?.address ?? ''));
        done();
        for (const wake of waiting) wake();
      });
    },
  });
  server.on('error', () => {});
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    mails,
    attempts: () => attempts,
    variables: { SMTP_URL: `smtp://127.0.0.1:${port}`, MAIL_FROM: 'Proofsheet <mail@example.test>' },
    /** Resolves with the newest mail to the address whose subject matches, once it is there. */
    async next(to: string, subject: RegExp): Promise<ReceivedMail> {
      for (;;) {
        const found = mails.findLast((mail) => mail.to === to && subject.test(mail.subject));
        if (found) return found;
        const { promise, resolve } = Promise.withResolvers<void>();
        waiting.add(resolve);
        await promise;
        waiting.delete(resolve);
      }
    },
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

function read(raw: string, to: string): ReceivedMail {
  const unfolded = raw.replaceAll(/\r\n[ \t]+/g, ' ');
  const subject = decodeWords(/^Subject: (.*)$/im.exec(unfolded)?.[1] ?? '');
  const part = /Content-Type: text\/plain.*?\r\n\r\n(.*?)\r\n--/is.exec(raw);
  const encoding = /Content-Transfer-Encoding: (\S+)/i.exec(part?.[0] ?? '')?.[1]?.toLowerCase();
  const body = part?.[1] ?? '';
  const text =
    encoding === 'base64'
      ? Buffer.from(body, 'base64').toString()
      : encoding === 'quoted-printable'
        ? quotedPrintable(body)
        : body;
  return { to, subject, text, link: /https?:\/\/\S+/.exec(text)?.[0], raw };
}

function quotedPrintable(text: string): string {
  const joined = text.replaceAll(/=\r?\n/g, '');
  return Buffer.from(
    joined.replaceAll(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16))),
    'latin1',
  ).toString();
}

/** Encoded words (RFC 2047). */
function decodeWords(text: string): string {
  return text
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/=\?utf-8\?([qb])\?(.*?)\?=/gi, (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString()
        : quotedPrintable(word.replaceAll('_', ' ')),
    );
}
