/**
 * The links of mails that confirm an address. A link proves that its bearer reads the mail of the address, not that the account
 * is theirs: anyone can sign up with any address. So it works together with a credential of the account only: in a session, or
 * with the password. The owner of an address that another person has signed up with chooses a new password, which ends
 * everything that person made.
 */
import { APIError } from 'better-auth/api';
import { verifyJWT } from 'better-auth/crypto';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Secrets } from '../lib/secret.ts';
import type { Viewer } from './viewer.ts';

interface Dependencies {
  prisma: PrismaClient;
  /** Those that better-auth signs with, and signed with. */
  secrets: Secrets;
  viewerOf: (headers: Headers) => Viewer | null | Promise<Viewer | null>;
  /** Called with the user whose address is confirmed. */
  onVerified: (userId: string) => Promise<void>;
}

/** Payload of a link's token; with `updateTo`, the address changes to it. */
interface Payload {
  email?: string;
  updateTo?: string;
}

type IsPassword = (check: { hash: string; password: string }) => Promise<boolean>;

export type MailLinks = ReturnType<typeof createMailLinks>;

export function createMailLinks({ prisma, secrets, viewerOf, onVerified }: Dependencies) {
  const read = async (token: unknown): Promise<Payload | null> => {
    if (typeof token !== 'string') return null;
    for (const secret of [secrets.current, ...secrets.accepted]) {
      const payload = await verifyJWT<Payload>(token, secret);
      if (payload) return payload;
    }
    return null;
  };

  return {
    /**
     * Before better-auth verifies the token, which it refuses where it is forged or has expired.
     * @throws {APIError} 401 where the request has no session of the account: PASSWORD_REQUIRED where its password can stand
     *   in, as `confirmation` of a sign-in
     */
    async check({ query, headers }: { query?: unknown; headers?: Headers | undefined }): Promise<void> {
      const payload = await read((query as { token?: unknown } | undefined)?.token);
      if (!payload) return;
      const { email = '', updateTo } = payload;
      const viewer = headers ? await viewerOf(headers) : null;
      if (viewer?.account?.email === email) return;
      if (updateTo !== undefined)
        throw new APIError('UNAUTHORIZED', {
          code: 'UNAUTHORIZED',
          message: 'Sign in to the account whose address changes, and open the link again.',
        });
      if ((await prisma.user.count({ where: { email, emailVerified: false } })) === 0) return;
      throw new APIError('UNAUTHORIZED', {
        code: 'PASSWORD_REQUIRED',
        message: 'Sign in with the password of the account, and with this token as `confirmation`.',
      });
    },

    /**
     * Before a sign-in: confirms its address where its `confirmation` is the token of a link to that address, and the password
     * is right. better-auth then judges the password.
     * @throws {APIError} 401 where the token is not valid, or for another address
     */
    async confirm(body: unknown, isPassword: IsPassword): Promise<void> {
      const { email, password, confirmation } = (body ?? {}) as Record<string, unknown>;
      if (confirmation === undefined) return;
      const payload = await read(confirmation);
      const address = String(email).toLowerCase();
      if (payload?.email !== address || payload.updateTo !== undefined)
        throw new APIError('UNAUTHORIZED', {
          code: 'INVALID_TOKEN',
          message: 'This link has expired, or is for another address. Ask for another one.',
        });
      const account = await prisma.account.findFirst({
        where: { providerId: 'credential', user: { email: address } },
        select: { userId: true, password: true },
      });
      if (!account?.password || typeof password !== 'string') return;
      if (await isPassword({ hash: account.password, password })) await onVerified(account.userId);
    },
  };
}
