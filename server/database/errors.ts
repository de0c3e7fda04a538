/** What a failed query was about, the same for model calls and raw queries and for both databases. */

/** SQLSTATE `unique_violation` (postgresql.org, appendix "PostgreSQL Error Codes"). */
const uniqueViolation = '23505';

/**
 * Whether a query failed because a row with the same unique key exists. Prisma says so with P2002 for a model call; a
 * raw query fails with P2010 and the driver's own code in `meta.driverAdapterError.cause`.
 */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, meta } = error as QueryError;
  return code === 'P2002' || meta?.driverAdapterError?.cause?.originalCode === uniqueViolation;
}

interface QueryError extends Error {
  code?: string;
  meta?: { driverAdapterError?: { cause?: { originalCode?: string } } };
}
