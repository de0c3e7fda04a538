/** Gives the role ADMIN to the addresses in `ADMIN_EMAILS`, and takes it from none. */
import type { PrismaClient } from '../generated/prisma/client.ts';
import { recordAction } from './audit-trail.ts';

interface Dependencies {
  prisma: PrismaClient;
  /** In lower case. */
  emails: readonly string[];
  /** Whether an address counts only once its user has proved to read its mail. */
  mustBeVerified: boolean;
}

/** @returns Makes the user an admin where its address is listed; without an id, every user with a listed one. */
export function createFirstAdmins({ prisma, emails, mustBeVerified }: Dependencies) {
  return async (userId?: string): Promise<void> => {
    if (emails.length === 0) return;
    const where = {
      ...(userId !== undefined && { id: userId }),
      ...(mustBeVerified && { emailVerified: true }),
      email: { in: [...emails] },
      role: 'USER' as const,
    };
    for (const { id } of await prisma.user.findMany({ where, select: { id: true } })) {
      const action = { operator: 'configuration', action: 'users.set-role', target: `user:${id}` } as const;
      await prisma.$transaction([
        prisma.user.update({ where: { id }, data: { role: 'ADMIN' }, select: { id: true } }),
        prisma.$executeRaw(recordAction({ ...action, details: { role: 'ADMIN' } })),
      ]);
    }
  };
}
