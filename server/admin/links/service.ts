/** Links that operators pass on: to choose a new password, and to create an account. */
import { createInviteService } from '../../auth/invites.ts';
import { createResetLink } from '../../auth/reset-links.ts';
import type { Invite, PrismaClient } from '../../generated/prisma/client.ts';
import { AppError } from '../../lib/errors.ts';
import { type Operator, recordAction } from '../audit-trail.ts';
import { checkedText } from '../checked-text.ts';

export type OperatorLinks = ReturnType<typeof createOperatorLinks>;

const maxInviteDays = 365;
const maxNoteCharacters = 200;
const dayMs = 86_400_000;

export function createOperatorLinks({ prisma, publicUrl }: { prisma: PrismaClient; publicUrl: string }) {
  /** Does the work and records it in one transaction. */
  const recorded = <Result>(
    work: (transaction: PrismaClient) => Promise<Result>,
    action: (result: Result) => Parameters<typeof recordAction>[0],
  ): Promise<Result> =>
    prisma.$transaction(async (transaction) => {
      const result = await work(transaction as PrismaClient);
      await transaction.$executeRaw(recordAction(action(result)));
      return result;
    });

  return {
    /** A link with which the user chooses a new password: it works once and for an hour, and opens the account. */
    resetPassword: (operator: Operator, userId: string) =>
      recorded(
        (transaction) => createResetLink({ prisma: transaction, publicUrl }, userId),
        () => ({ operator, action: 'users.reset-link', target: `user:${userId}` }),
      ),

    /** A link with which one account can be created where sign-ups need one. @throws {AppError} INVALID_INPUT */
    async invite(operator: Operator, { note = '', days }: { note?: string | undefined; days: number }) {
      if (!(days >= 1 && days <= maxInviteDays))
        throw new AppError('INVALID_INPUT', `An invitation is valid for 1 to ${maxInviteDays} days.`, 'days');
      const invite = {
        note: note === '' ? note : checkedText(note, maxNoteCharacters, 'note', 'note'),
        expiresAt: new Date(Date.now() + days * dayMs),
      };
      return recorded(
        (transaction) => createInviteService({ prisma: transaction, publicUrl }).create(invite),
        ({ id }) => ({ operator, action: 'invites.create', target: `invite:${id}`, details: { days } }),
      );
    },

    /** Newest first, used and expired ones included; 200 at most. */
    invites: (): Promise<Invite[]> => createInviteService({ prisma, publicUrl }).list(),

    /** Removes the invitation; an account that was created with it stays. @throws {AppError} NOT_FOUND */
    async revokeInvite(operator: Operator, id: string): Promise<void> {
      await recorded(
        async (transaction) => {
          const isThere = await createInviteService({ prisma: transaction, publicUrl }).revoke(id);
          if (!isThere) throw new AppError('NOT_FOUND', 'There is no such invitation.', 'id');
        },
        () => ({ operator, action: 'invites.revoke', target: `invite:${id}` }),
      );
    },
  };
}
