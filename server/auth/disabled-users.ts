/** Refuses the sign-in of a user that an operator has disabled. */
import { APIError } from 'better-auth/api';
import type { PrismaClient } from '../generated/prisma/client.ts';

/** @returns Called before each session. @throws {APIError} 403 where the user is disabled */
export function refuseDisabledUsers({ prisma }: { prisma: PrismaClient }) {
  return async (userId: string): Promise<void> => {
    const disabled = await prisma.user.count({ where: { id: userId, disabledAt: { not: null } } });
    if (disabled > 0)
      throw new APIError('FORBIDDEN', {
        code: 'USER_DISABLED',
        message: 'This account is disabled. Ask the operator of this installation.',
      });
  };
}
