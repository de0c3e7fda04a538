/** Decides whether an account may be created: by the installation's mode, by invitation, and by network and day. */
import { isIPv4 } from 'node:net';
import { APIError } from 'better-auth/api';
import { batchSize, inBatches } from '../database/batches.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { InviteService } from './invites.ts';

export type SignUpMode = 'open' | 'invite' | 'closed';

export type SignUpGate = ReturnType<typeof createSignUpGate>;

interface Dependencies {
  prisma: PrismaClient;
  mode: SignUpMode;
  /** Accounts that may be created from one network in a day (UTC), on all nodes together. */
  perNetworkPerDay: number;
  invites: Pick<InviteService, 'isUsable' | 'use'>;
}

interface SignUp {
  /** Of the client. */
  address: string;
  /** The code of an invitation, as the client sent it. */
  invite: unknown;
}

/** Not 403, which better-auth hides from the caller where addresses have to be confirmed. */
const refused = (code: string, message: string) => new APIError('UNPROCESSABLE_ENTITY', { code, message });

export function createSignUpGate({ prisma, mode, perNetworkPerDay, invites }: Dependencies) {
  const isInvited = async (code: unknown) => typeof code === 'string' && (await invites.isUsable(code));
  const badInvite = () =>
    refused('INVITE_INVALID', 'Sign-ups need an invitation, and this one is unknown, used or expired.');

  const limited = () =>
    new APIError('TOO_MANY_REQUESTS', {
      code: 'SIGNUPS_LIMITED',
      message: 'Too many accounts were created from this network today. Try again tomorrow.',
    });

  async function isFull(network: string): Promise<boolean> {
    if (perNetworkPerDay === 0) return true;
    const [row] = await prisma.$queryRaw<unknown[]>`
      SELECT FROM "SignUpCount" WHERE "network" = ${network} AND "day" = (now() AT TIME ZONE 'UTC')::date
        AND "count" >= ${perNetworkPerDay}::int`;
    return row !== undefined;
  }

  /** One more of the network today, where it is below the limit, in one statement. */
  async function count(network: string): Promise<boolean> {
    const counted = await prisma.$executeRaw`
      INSERT INTO "SignUpCount" ("network", "day", "count")
      SELECT ${network}, (now() AT TIME ZONE 'UTC')::date, 1 WHERE ${perNetworkPerDay}::int > 0
      ON CONFLICT ("network", "day") DO UPDATE SET "count" = "SignUpCount"."count" + 1
        WHERE "SignUpCount"."count" < ${perNetworkPerDay}::int`;
    return counted > 0;
  }

  return {
    mode,

    /**
     * Before anything of the sign-up is looked at, so that a refusal reveals nothing of the email address and costs no hash of
     * a password.
     * @throws {APIError} SIGNUPS_CLOSED, INVITE_INVALID, SIGNUPS_LIMITED
     */
    async check({ address, invite }: SignUp): Promise<void> {
      if (mode === 'closed') throw refused('SIGNUPS_CLOSED', 'New accounts cannot be created here.');
      if (mode === 'invite' && !(await isInvited(invite))) throw badInvite();
      if (await isFull(networkOf(address))) throw limited();
    },

    /**
     * Immediately before the account is created: counts it, and uses the invitation up.
     * @throws {APIError} SIGNUPS_CLOSED, INVITE_INVALID, SIGNUPS_LIMITED
     */
    async admit({ address, invite }: SignUp): Promise<void> {
      await this.check({ address, invite });
      if (!(await count(networkOf(address)))) throw limited();
      if (mode === 'invite' && !(await invites.use(String(invite)))) throw badInvite();
    },

    /** Deletes the counts of past days. */
    purge: (): Promise<number> =>
      inBatches(
        () => prisma.$executeRaw`
          DELETE FROM "SignUpCount" WHERE ("network", "day") IN (
            SELECT "network", "day" FROM "SignUpCount"
            WHERE "day" < (now() AT TIME ZONE 'UTC')::date LIMIT ${batchSize}::int)`,
      ),
  };
}

/** The /24 network of an IPv4 address; IPv6 addresses are given as their /64 network already. */
export function networkOf(address: string): string {
  const host = address.replace(/^::ffff:/i, '');
  return isIPv4(host) ? `${host.split('.').slice(0, 3).join('.')}.0/24` : address;
}
