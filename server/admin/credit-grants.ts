/** Gives credits to users and takes them back, each once for its key. */
import { hash } from 'node:crypto';
import { v7 as uuid } from 'uuid';
import { maxBalance, moveByOperator } from '../credits/ledger.ts';
import { isUniqueViolation } from '../database/errors.ts';
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts';
import { AppError } from '../lib/errors.ts';
import { checkedText } from './checked-text.ts';
import { type Operator, recordAction } from './audit-trail.ts';

export interface GrantInput {
  userId: string;
  /** In credits; negative to take them back. */
  amount: number;
  /** For the user to read. */
  reason: string;
  idempotencyKey: string;
}

/** The user, and the ledger entry of the key. */
export interface Grant {
  userId: string;
  entryId: string;
}

export type CreditGrants = ReturnType<typeof createCreditGrants>;

const maxKeyCharacters = 255;
const maxReasonCharacters = 200;

/** @param dependencies.onMove Called with the amount of credits that moved: not for a repeat. */
export function createCreditGrants({
  prisma,
  onMove,
}: {
  prisma: PrismaClient;
  onMove?: ((amount: number) => void) | undefined;
}) {
  return {
    /**
     * Moves credits, or answers as before where the key has moved them already.
     * @throws {AppError} INVALID_INPUT, NOT_FOUND, INSUFFICIENT_CREDITS where the balance would fall below 0,
     *   IDEMPOTENCY_CONFLICT where the key moved other credits
     */
    async grant(operator: Operator, input: GrantInput): Promise<Grant> {
      const grant = checked(input);
      const requestHash = hashOf(grant);
      const before = await findGrant(prisma, grant, requestHash);
      if (before) return before;
      try {
        const [moved] = await prisma.$queryRaw<Grant[]>(statementOf(operator, grant, requestHash));
        if (moved) {
          onMove?.(grant.amount);
          return moved;
        }
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
      }
      // A concurrent request may have used the key, and may have taken the last credits.
      return (await findGrant(prisma, grant, requestHash)) ?? refuse(prisma, grant);
    },
  };
}

/** @throws {AppError} INVALID_INPUT */
function checked({ userId, amount, reason, idempotencyKey }: GrantInput): GrantInput {
  if (amount === 0) throw new AppError('INVALID_INPUT', 'The amount is 0. Give another one.', 'input.amount');
  return {
    userId,
    amount,
    reason: checkedText(reason.trim(), maxReasonCharacters, 'reason', 'input.reason'),
    idempotencyKey: checkedText(idempotencyKey, maxKeyCharacters, 'idempotency key', 'input.idempotencyKey'),
  };
}

const hashOf = ({ userId, amount, reason }: GrantInput) =>
  hash('sha256', JSON.stringify([userId, amount, reason]));

/** The earlier grant of the key. @throws {AppError} IDEMPOTENCY_CONFLICT where it was another one */
async function findGrant(
  prisma: PrismaClient,
  { userId, idempotencyKey: key }: GrantInput,
  requestHash: string,
): Promise<Grant | undefined> {
  const used = await prisma.creditGrant.findUnique({ where: { key } });
  if (!used) return undefined;
  if (used.requestHash === requestHash) return { userId, entryId: used.entryId };
  throw new AppError(
    'IDEMPOTENCY_CONFLICT',
    'This idempotency key moved other credits: another user, amount or reason. Use a new one.',
    'input.idempotencyKey',
  );
}

/** Everything or nothing: the balance, its entry, the key and the audit trail. */
function statementOf(operator: Operator, grant: GrantInput, requestHash: string): Prisma.Sql {
  const { userId, amount, reason, idempotencyKey: key } = grant;
  const entryId = uuid();
  const action = recordAction(
    {
      operator,
      action: amount < 0 ? 'credits.take-back' : 'credits.grant',
      target: `user:${userId}`,
      details: { amount, reason, key, entry: entryId },
    },
    Prisma.sql`FROM "moved"`,
  );
  return Prisma.sql`
    WITH ${moveByOperator({ entryId, userId, amount, reason })}, "remembered" AS (
      INSERT INTO "CreditGrant" ("key", "requestHash", "entryId") SELECT ${key}, ${requestHash}, ${entryId} FROM "moved"
    ), "recorded" AS (${action})
    SELECT "id" AS "userId", ${entryId} AS "entryId" FROM "moved"`;
}

/** @throws {AppError} Why no credits moved. */
async function refuse(prisma: PrismaClient, { userId, amount }: GrantInput): Promise<never> {
  const user = await prisma.user.findUnique({ where: { id: userId }, select: { credits: true } });
  if (!user) throw new AppError('NOT_FOUND', 'There is no such user.', 'input.user');
  if (amount > 0)
    throw new AppError('INVALID_INPUT', `A balance is ${maxBalance} credits at most.`, 'input.amount');
  throw new AppError(
    'INSUFFICIENT_CREDITS',
    `The balance is ${user.credits} credits, so ${-amount} cannot be taken back.`,
    'input.amount',
  );
}
