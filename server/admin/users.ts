/** The accounts of an installation, as operators see and change them. */
import { Prisma, type PrismaClient, type User } from '../generated/prisma/client.ts';
import { AppError } from '../lib/errors.ts';
import { type Operator, recordAction } from './audit-trail.ts';

export type UserAdministration = ReturnType<typeof createUserAdministration>;

/** By id or by email, exactly one of both. */
interface UserReference {
  id?: string | null | undefined;
  email?: string | null | undefined;
}

interface Dependencies {
  prisma: PrismaClient;
  /** Closes the account and deletes everything of it; the statement is for the transaction that closes it. */
  deleteUser: (userId: string, record?: Prisma.Sql) => Promise<unknown>;
}

export function createUserAdministration({ prisma, deleteUser }: Dependencies) {
  /** Runs the change of a user's row, which records itself. */
  const change = async (userId: string, statement: Prisma.Sql): Promise<string> => {
    await prisma.$executeRaw(statement);
    return userId;
  };

  return {
    /** The id of the user. @param field Where the reference is in the input. @throws {AppError} INVALID_INPUT, NOT_FOUND */
    async find({ id, email }: UserReference, field = ''): Promise<string> {
      if ((id == null) === (email == null))
        throw new AppError('INVALID_INPUT', 'Name the user by id or by email: exactly one.', `${field}user`);
      const where = id != null ? { id } : { email: email!.trim().toLowerCase() };
      const isStorable = !Object.values(where)[0]!.includes('\0');
      const user = isStorable ? await prisma.user.findUnique({ where, select: { id: true } }) : null;
      if (!user)
        throw new AppError('NOT_FOUND', 'There is no such user.', `${field}${id != null ? 'user' : 'email'}`);
      return user.id;
    },

    /** A part of the name or address, in any case, or a whole id. */
    condition(search: string | null | undefined): Prisma.UserWhereInput {
      const text = search?.trim().replaceAll('\0', '') ?? '';
      if (text === '') return {};
      const contains = { contains: text.replaceAll(/[\\%_]/g, '\\$&'), mode: 'insensitive' } as const;
      return { OR: [{ email: contains }, { name: contains }, { id: text }] };
    },

    /** Ends the sessions of the user and refuses sign-ins and API keys; tasks go on. Does nothing the second time. */
    disable: (operator: Operator, userId: string) =>
      change(
        userId,
        Prisma.sql`
          WITH "disabled" AS (
            UPDATE "User" SET "disabledAt" = now() WHERE "id" = ${userId} AND "disabledAt" IS NULL RETURNING "id"
          ), "ended" AS (DELETE FROM "Session" WHERE "userId" = ${userId})
          ${recordAction({ operator, action: 'users.disable', target: `user:${userId}` }, Prisma.sql`FROM "disabled"`)}`,
      ),

    /** Lets the user sign in again; API keys that have not been revoked work again. Does nothing the second time. */
    enable: (operator: Operator, userId: string) =>
      change(
        userId,
        Prisma.sql`
          WITH "enabled" AS (
            UPDATE "User" SET "disabledAt" = NULL WHERE "id" = ${userId} AND "disabledAt" IS NOT NULL RETURNING "id"
          )
          ${recordAction({ operator, action: 'users.enable', target: `user:${userId}` }, Prisma.sql`FROM "enabled"`)}`,
      ),

    /** Does nothing where the user has the role. */
    setRole: (operator: Operator, userId: string, role: User['role']) =>
      change(
        userId,
        Prisma.sql`
          WITH "changed" AS (
            UPDATE "User" SET "role" = ${role}::"UserRole" WHERE "id" = ${userId} AND "role" <> ${role}::"UserRole"
            RETURNING "id"
          )
          ${recordAction(
            { operator, action: 'users.set-role', target: `user:${userId}`, details: { role } },
            Prisma.sql`FROM "changed"`,
          )}`,
      ),

    /**
     * Closes the account at once and deletes its tasks and pictures. The ledger keeps its entries, which then name no
     * person. Continues a deletion that was begun.
     */
    async delete(operator: Operator, userId: string): Promise<void> {
      const begun = await prisma.user.count({ where: { id: userId, deletingAt: { not: null } } });
      const action = { operator, action: 'users.delete', target: `user:${userId}` };
      await (begun > 0 ? deleteUser(userId) : deleteUser(userId, recordAction(action)));
    },

    /** Ends all sessions of the user, or of all users. @returns how many */
    async endSessions(operator: Operator, userId: string | undefined): Promise<number> {
      const target = userId === undefined ? null : `user:${userId}`;
      const [row] = await prisma.$queryRaw<[{ count: number }]>`
        WITH "ended" AS (
          DELETE FROM "Session" WHERE ${userId ?? null}::text IS NULL OR "userId" = ${userId ?? null} RETURNING "id"
        ), "recorded" AS (${recordAction({ operator, action: 'sessions.end', target })})
        SELECT count(*)::int AS "count" FROM "ended"`;
      return row.count;
    },
  };
}
