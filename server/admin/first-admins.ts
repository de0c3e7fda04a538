/**
 * Gives the role ADMIN to users whose address is in `ADMIN_EMAILS`, and takes it from none. The address has to be confirmed:
 * anyone can sign up with any address. A user from whom an operator has taken the role does not get it again.
 */
import type { PrismaClient } from '../generated/prisma/client.ts';
import { recordAction } from './audit-trail.ts';

interface Dependencies {
  prisma: PrismaClient;
  /** In lower case. */
  emails: readonly string[];
}

/** @returns Makes the user an admin where its address is listed; without an id, every user with a listed one. */
export function createFirstAdmins({ prisma, emails }: Dependencies) {
  return async (userId?: string): Promise<void> => {
    if (emails.length === 0) return;
    const where = {
      ...(userId !== undefined && { id: userId }),
      emailVerified: true,
      email: { in: [...emails] },
      role: 'USER' as const,
    };
    for (const { id } of await prisma.user.findMany({ where, select: { id: true } })) {
      const action = { operator: 'configuration', action: 'users.set-role', target: `user:${id}` } as const;
      const taken = { action: action.action, target: action.target, details: { equals: { role: 'USER' } } };
      if ((await prisma.operatorAction.count({ where: taken })) > 0) continue;
      await prisma.$transaction([
        prisma.user.update({ where: { id }, data: { role: 'ADMIN' }, select: { id: true } }),
        prisma.$executeRaw(recordAction({ ...action, details: { role: 'ADMIN' } })),
      ]);
    }
  };
}
