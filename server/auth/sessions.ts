/** The sessions of a user, as the user sees and ends them. */
import type { PrismaClient, Session } from '../generated/prisma/client.ts';
import { AppError } from '../lib/errors.ts';

export type SessionService = ReturnType<typeof createSessionService>;

/** The most sessions that are listed, the last used ones. */
export const maxSessions = 50;

export function createSessionService({ prisma }: { prisma: PrismaClient }) {
  return {
    /** The user's open sessions, last used first. */
    list: (userId: string): Promise<Session[]> =>
      prisma.$queryRaw<Session[]>`
        SELECT * FROM "Session" WHERE "userId" = ${userId} AND "expiresAt" > now()
        ORDER BY coalesce("seenAt", "createdAt") DESC, "id" DESC LIMIT ${maxSessions}::int`,

    /**
     * Ends one session of the user; its subscriptions end with it.
     * @throws {AppError} NOT_FOUND
     */
    async end(userId: string, id: string): Promise<void> {
      const { count } = await prisma.session.deleteMany({ where: { id, userId } });
      if (count === 0) throw new AppError('NOT_FOUND', 'There is no such session.', 'id');
    },

    /** Ends all sessions of the user but one. @returns how many */
    async endOthers(userId: string, keptId: string): Promise<number> {
      const { count } = await prisma.session.deleteMany({ where: { userId, id: { not: keptId } } });
      return count;
    },
  };
}
