import { expect, it, onTestFinished } from 'vitest';
import { openMailbox } from '../../tests/support/mailbox.ts';
import type { Log } from '../lib/log.ts';
import { createOutgoingMail } from './outgoing-mail.ts';
import { createSmtpMailer } from './smtp-mailer.ts';
import { writeMail } from './texts.ts';

const link = 'https://app.example/verify-email?token=secret-token';
const mail = writeMail('verifyEmail', 'de', 'someone@example.test', link);

async function start(
  refusal: Parameters<typeof openMailbox>[0],
  { pausesMs = [1, 1], maxWaiting = 10 }: { pausesMs?: number[]; maxWaiting?: number } = {},
) {
  const mailbox = await openMailbox(refusal);
  const lines: string[] = [];
  const given = Promise.withResolvers<void>();
  const log: Log = {
    info: () => {},
    warn: (fields, message) => void lines.push(`warn ${JSON.stringify(fields)} ${message}`),
    error: (fields, message) => {
      lines.push(`error ${JSON.stringify(fields)} ${message}`);
      given.resolve();
    },
  };
  const { SMTP_URL: url, MAIL_FROM: from } = mailbox.variables;
  const outgoing = createOutgoingMail({ mailer: createSmtpMailer({ url, from }), log, pausesMs, maxWaiting });
  onTestFinished(async () => {
    await outgoing.close();
    await mailbox.close();
  });
  return { mailbox, outgoing, lines, given: given.promise };
}

it('sends over SMTP, with both a text and HTML', async () => {
  const { mailbox, outgoing } = await start({});
  outgoing.send(mail, '198.51.100.0/24');
  const received = await mailbox.next(mail.to, /E-Mail-Adresse bestätigen/);
  expect(received.text.replaceAll('\r\n', '\n').trim()).toBe(mail.text.trim());
  expect(received.link).toBe(link);
  expect(received.raw).toMatch(/^From: Proofsheet <mail@example.test>\r$/m);
  expect(received.raw).toContain('Content-Type: text/html');
});

it('sends again after a temporary refusal', async () => {
  const { mailbox, outgoing, lines } = await start({
    refusal: (number) => (number < 2 ? { responseCode: 451 } : undefined),
  });
  outgoing.send(mail, '198.51.100.0/24');
  await mailbox.next(mail.to, /./);
  expect(mailbox.attempts()).toBe(3);
  expect(lines).toHaveLength(2);
});

it.each([
  ['at once where the refusal is final', 550, 1],
  ['after the last attempt', 451, 3],
])('gives up %s, and logs neither address nor link', async (_, responseCode, attempts) => {
  const { mailbox, outgoing, lines, given } = await start({ refusal: () => ({ responseCode }) });
  outgoing.send(mail, '198.51.100.0/24');
  await given;
  expect(mailbox.attempts()).toBe(attempts);
  expect(lines.at(-1)).toMatch(/^error .*a mail was not sent$/);
  expect(lines.join()).not.toMatch(/someone@|secret-token/);
});

it('drops the newest mail of the source with the most where too many wait', async () => {
  let isDown = true;
  const refusal = () => (isDown ? { responseCode: 451 } : undefined);
  const { mailbox, outgoing, lines } = await start({ refusal }, { pausesMs: [3_600_000], maxWaiting: 4 });
  const send = (to: string, source: string) => outgoing.send({ ...mail, to: `${to}@example.test` }, source);
  for (const number of [1, 2, 3, 4, 5, 6]) send(`many-${number}`, 'many');
  for (const other of ['one', 'two']) send(other, other);
  await expect.poll(() => lines.filter((line) => line.includes('sent again later')).length).toBe(4);
  isDown = false;
  await outgoing.close();
  expect(mailbox.mails.map(({ to }) => to.split('@')[0]).toSorted()).toEqual([
    'many-1',
    'many-2',
    'one',
    'two',
  ]);
  expect(lines.filter((line) => line.includes('one was dropped'))).toHaveLength(4);
});
