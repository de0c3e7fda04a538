/** What the tests of accounts share. */
import { randomUUID } from 'node:crypto';
import { createCaller } from './api.ts';
import type { openMailbox } from './mailbox.ts';

type Mailbox = Awaited<ReturnType<typeof openMailbox>>;

export const password = 'correct horse battery';
export const newEmail = () => `${randomUUID()}@example.test`;
export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
/** The token of the link of a mail. */
export const tokenOf = (link: string | undefined) => new URL(link ?? '').searchParams.get('token') ?? '';

let callers = 0;

/** What a client sends to `/api/auth` of an app behind a proxy; each request comes from a network of its own. */
export function createAuthClient(app: () => { url: string; mailbox: Mailbox }) {
  async function send(path: string, body?: object, headers: Record<string, string> = {}) {
    callers += 1;
    const answer = await fetch(`${app().url}/api/auth${path}`, {
      method: body ? 'POST' : 'GET',
      headers: {
        'X-Forwarded-For': `10.${callers >> 8}.${callers & 255}.1`,
        ...(body && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json = (text === '' ? {} : JSON.parse(text)) as { token?: string; code?: string } | null;
    return { ...json, status: answer.status, text };
  }
  /** The token of the next such mail, which is taken out of the mailbox. */
  async function takeToken(email: string, subject: RegExp): Promise<string> {
    const { mailbox } = app();
    const mail = await mailbox.next(email, subject);
    mailbox.mails.splice(mailbox.mails.indexOf(mail), 1);
    return tokenOf(mail.link);
  }

  return {
    send,
    takeToken,
    async signUp(email = newEmail()) {
      const { token } = await send('/sign-up/email', { name: 'Tester', email, password });
      return { email, token: token ?? '' };
    },
    signIn: (email: string, tried = password, further: object = {}) =>
      send('/sign-in/email', { email, password: tried, ...further }),
    isSignedIn: async (token: string) =>
      (await send('/get-session', undefined, bearer(token))).text !== 'null',
    isVerified: async (token: string) => {
      const { text } = await send('/get-session', undefined, bearer(token));
      return (JSON.parse(text) as { user: { emailVerified: boolean } }).user.emailVerified;
    },
    caller: (token: string) => createCaller(app().url, token),
    /** The token of a new link to choose a password. */
    async resetLink(email: string) {
      await send('/request-password-reset', { email });
      return takeToken(email, /new password/);
    },
    confirm: (token: string, session?: string) =>
      send(`/verify-email?token=${token}`, undefined, session === undefined ? {} : bearer(session)),
  };
}
