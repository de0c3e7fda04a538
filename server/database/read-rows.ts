/** Statements of our own that run at nearly every request, without Prisma, which takes longer than the driver itself. */
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts';

export interface ReadOptions {
  /** Whether it reads whole tables: the server cancels it after 60 seconds, not after 5. Bound how many run at a time. */
  isLong?: boolean;
}

/** Runs a statement outside of transactions. Rejects with the driver's own error. */
export type RowReader = <Row>(statement: Prisma.Sql, options?: ReadOptions) => Promise<Row[]>;

const reader = Symbol('row reader');

/** The client, for which `readRows` uses `read`: over the connections of the client itself. */
export function withRowReader(prisma: PrismaClient, read: RowReader): PrismaClient {
  return Object.assign(prisma, { [reader]: read });
}

/**
 * The rows of a statement, with values as Prisma has them, except of the types `bigint`, `numeric` and `bytea`, which it
 * must not return. Transactions do not see it, nor it them.
 */
export function readRows<Row>(
  prisma: PrismaClient,
  statement: Prisma.Sql,
  options?: ReadOptions,
): Promise<Row[]> {
  const { [reader]: read } = prisma as { [reader]?: RowReader };
  // An extended client inherits the reader, which knows nothing of its extensions.
  if (!read || !Object.hasOwn(prisma, reader)) return prisma.$queryRaw<Row[]>(statement);
  return read<Row>(statement, options);
}
