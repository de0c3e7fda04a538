/** What gives access to an account, or to what is in it, beside its password, its sessions and its mailbox. */
import type { PrismaClient } from '../generated/prisma/client.ts';

/** The parameter of `/reset-password` and `/change-password` with which a user asks for it. */
const parameter = 'endOtherAccess';

/** Whether the request asks to end it. */
export function asksToEndAccess(request: Request | undefined): boolean {
  return request !== undefined && new URL(request.url).searchParams.get(parameter) === 'true';
}

/**
 * Statements that end it: API keys, webhooks, share links, and the links to sign-in providers, of which a provider that has confirmed the
 * address is linked again at its next sign-in.
 */
export function endOtherAccess(prisma: PrismaClient, userId: string) {
  return [
    prisma.apiKey.deleteMany({ where: { userId } }),
    prisma.webhookEndpoint.deleteMany({ where: { userId } }),
    prisma.shareLink.deleteMany({ where: { userId } }),
    prisma.account.deleteMany({ where: { userId, providerId: { not: 'credential' } } }),
  ];
}
