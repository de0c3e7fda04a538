/** What a failed query was about, the same for model calls, raw queries and `readRows`, and for both databases. */

/** SQLSTATEs (postgresql.org, appendix "PostgreSQL Error Codes"). */
const uniqueViolation = '23505';
const foreignKeyViolation = '23503';
const checkViolation = '23514';
const noDataFound = 'P0002';
const queryCanceled = '57014';

/**
 * Whether a query failed because a row with the same unique key exists. Prisma says so with P2002 for a model call; a
 * raw query fails with P2010 and the driver's own code in `meta.driverAdapterError.cause`, and `readRows` with the driver's error.
 */
export function isUniqueViolation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (error as QueryError).code === 'P2002' || sqlStateOf(error) === uniqueViolation;
}

/** Whether a raw query failed because a row that it refers to does not exist, as after a concurrent deletion. */
export function isForeignKeyViolation(error: unknown): boolean {
  return sqlStateOf(error) === foreignKeyViolation;
}

/** Whether a raw query failed because a value violates a CHECK: any, or the one with that name. */
export function isCheckViolation(error: unknown, constraint = ''): boolean {
  if (sqlStateOf(error) !== checkViolation) return false;
  const { message, severity, meta } = error as QueryError;
  const { originalMessage = '' } = meta?.driverAdapterError?.cause ?? {};
  return (severity === undefined ? originalMessage : message).includes(constraint);
}

/** Whether a raw query failed because a trigger did not find its row. */
export function isNoDataFound(error: unknown): boolean {
  return sqlStateOf(error) === noDataFound;
}

/**
 * Whether a raw query failed because the server canceled it, as after `statement_timeout`: then nothing of it was
 * carried out. PGlite, whose one connection has neither locks to wait for nor timers, never does so.
 */
export function isStatementCanceled(error: unknown): boolean {
  return sqlStateOf(error) === queryCanceled;
}

function sqlStateOf(error: unknown): string | undefined {
  const { meta, code, severity } = (error ?? {}) as QueryError;
  // Only an answer of the database has a severity: the codes of Prisma and of sockets look like SQLSTATEs.
  return severity === undefined ? meta?.driverAdapterError?.cause?.originalCode : code;
}

/**
 * Classes of SQLSTATE that say that the statement itself was not accepted: cardinality, data, integrity, syntax or access,
 * and what a function raises.
 */
const refusalClasses: ReadonlySet<string> = new Set(['21', '22', '23', '42', 'P0']);
/** Prisma's codes of a query that did not come to the database, or that it could not answer. */
const awayCodes: ReadonlySet<string> = new Set(['P2024', 'P2028', 'P2034', 'P2037']);

/** Whether the database answered that it does not accept the statement, so that the same one fails again. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as QueryError;
  const sqlState = sqlStateOf(error);
  if (sqlState !== undefined) return refusalClasses.has(sqlState.slice(0, 2));
  if (error.name === 'PrismaClientValidationError') return true;
  return code !== undefined && code.startsWith('P20') && code !== 'P2010' && !awayCodes.has(code);
}

interface QueryError extends Error {
  code?: string;
  /** Of the drivers' own errors. */
  severity?: string;
  meta?: { driverAdapterError?: { cause?: { originalCode?: string; originalMessage?: string } } };
}
