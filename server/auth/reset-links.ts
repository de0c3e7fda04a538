/** Links with which a user chooses a new password, as better-auth's own `/request-password-reset` makes them. */
import { hash, randomBytes } from 'node:crypto';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { linkSeconds } from './account-mails.ts';

interface Dependencies {
  prisma: Pick<PrismaClient, 'verification'>;
  publicUrl: string;
}

/** Begins the token of an operator's link; those of better-auth have letters and digits only. */
export const operatorMark = 'operator_';

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
