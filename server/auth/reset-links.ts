/** Links with which a user chooses a new password, as better-auth's own `/request-password-reset` makes them. */
import { hash, randomBytes } from 'node:crypto';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { linkSeconds } from './account-mails.ts';

interface Dependencies {
  prisma: Pick<PrismaClient, 'verification'>;
  publicUrl: string;
}

/** Begins the token of an operator's link; those of better-auth have letters and digits only. */
const operatorMark = 'operator_';

/**
 * Creates a link, which works once and for an hour; it opens the account. An operator may pass it on by any channel, so its
 * use does not confirm the address, as that of a mailed one does.
 * @returns its address, which the database does not hold
 */
export async function createResetLink({ prisma, publicUrl }: Dependencies, userId: string) {
  const token = `${operatorMark}${randomBytes(18).toString('base64url')}`;
  // As better-auth stores it where `verification.storeIdentifier` is `hashed`.
  const identifier = hash('sha256', `reset-password:${token}`, 'base64url');
  const expiresAt = new Date(Date.now() + linkSeconds * 1_000);
  await prisma.verification.create({ data: { identifier, value: userId, expiresAt } });
  return { link: `${publicUrl}/reset-password?token=${token}`, expiresAt };
}

interface Attempt {
  path: string;
  body?: unknown;
  query?: unknown;
  request?: Request | undefined;
}

/** Tells the resets by mailed links from the others, which better-auth does not: it reports no token with a reset. */
export function createMailedResets() {
  const requests = new WeakSet<Request>();
  const tokenIn = (fields: unknown) => (fields as { token?: unknown } | undefined)?.token;
  return {
    /** Before better-auth checks the token. */
    learn({ path, body, query, request }: Attempt): void {
      if (path !== '/reset-password' || !request) return;
      // In the order in which better-auth reads them.
      const token = tokenIn(body) || tokenIn(query);
      if (typeof token === 'string' && !token.startsWith(operatorMark)) requests.add(request);
    },
    /** Whether the request has the token of a mail. */
    has: (request: Request | undefined): boolean => request !== undefined && requests.has(request),
  };
}
