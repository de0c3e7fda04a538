/** Invitations, each of which lets one account be created where sign-ups need one. */
import { hash, randomBytes } from 'node:crypto';
import type { Invite, PrismaClient } from '../generated/prisma/client.ts';

export type InviteService = ReturnType<typeof createInviteService>;

/** The most invitations that are listed. */
const maxListed = 200;

export function createInviteService({ prisma, publicUrl }: { prisma: PrismaClient; publicUrl: string }) {
  const digestOf = (code: string) => hash('sha256', code);
  return {
    /**
     * Creates an invitation.
     * @param options.note What to remember about it, for operators.
     * @returns its link, which the database does not hold
     */
    async create({ note = '', expiresAt }: { note?: string; expiresAt: Date }) {
      const code = randomBytes(18).toString('base64url');
      const invite = await prisma.invite.create({ data: { digest: digestOf(code), note, expiresAt } });
      return { id: invite.id, expiresAt, link: `${publicUrl}/?invite=${code}` };
    },

    /** Newest first, used and expired ones included. */
    list: (): Promise<Invite[]> => prisma.invite.findMany({ orderBy: { id: 'desc' }, take: maxListed }),

    /** @returns whether there was such an invitation */
    async revoke(id: string): Promise<boolean> {
      return (await prisma.invite.deleteMany({ where: { id } })).count > 0;
    },

    async isUsable(code: string): Promise<boolean> {
      const [row] = await prisma.$queryRaw<{ id: string }[]>`
        SELECT "id" FROM "Invite" WHERE "digest" = ${digestOf(code)} AND "usedAt" IS NULL AND "expiresAt" > now()`;
      return row !== undefined;
    },

    /** Uses the invitation up. @returns whether it could be used: of concurrent calls, one may */
    async use(code: string): Promise<boolean> {
      const used = await prisma.$executeRaw`
        UPDATE "Invite" SET "usedAt" = now()
        WHERE "digest" = ${digestOf(code)} AND "usedAt" IS NULL AND "expiresAt" > now()`;
      return used > 0;
    },
  };
}
