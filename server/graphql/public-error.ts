/** The part of an error that a client sees: a code; for INTERNAL also the id of the request to quote; for a bug nothing else. */
import { randomUUID } from 'node:crypto';
import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import { type AppError, type ErrorCode, errorCodes } from '../lib/errors.ts';
import { type Log, logFields } from '../lib/log.ts';

/** A log that also counts the codes of the errors that callers get. */
interface CountingLog extends Log {
  countError?: (code: string) => void;
}

/** The log, with a count of each error that `publicError` makes. */
export function withErrorCount(log: Log, countError: (code: string) => void): Log {
  const counting: CountingLog = {
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
    countError,
  };
  return counting;
}

/** Enough entries and characters to describe the faults of a request. */
const maxFaults = 5;
const maxMessageCharacters = 500;

/** graphql's message where it stopped checking a document or its variables. */
const aborted = /error limit reached\. (Validation|Execution) aborted\.$/;

/** The first few faults of a request that did not run; or only the one that says that there are too many. */
export function fewOf<Fault extends Error>(faults: readonly Fault[]): readonly Fault[] {
  const last = faults.at(-1);
  return last && aborted.test(last.message) ? [last] : faults.slice(0, maxFaults);
}

/** The public form of a thrown value. Errors are recognized by name, because two copies of graphql may be loaded. */
export function publicError(thrown: unknown, log: CountingLog): GraphQLError {
  const error = toPublic(thrown, log);
  log.countError?.(String(error.extensions['code']));
  return error;
}

/** The code that callers get for a thrown value. */
export function publicCode(thrown: unknown): string {
  const cause = rootCause(thrown);
  if (isAppError(cause)) return cause.code;
  if (cause instanceof Error && cause.name === 'PothosValidationError') return 'INVALID_INPUT';
  return isGraphQLError(cause) ? codeOf(cause) : 'INTERNAL';
}

function toPublic(thrown: unknown, log: Log): GraphQLError {
  const outer = isGraphQLError(thrown) ? thrown : undefined;
  const cause = rootCause(thrown);
  if (isAppError(cause) && cause.code !== 'INTERNAL') return refusal(cause, outer);
  // Pagination arguments and cursors that cannot be read.
  if (cause instanceof Error && cause.name === 'PothosValidationError')
    return located(cause.message, { code: 'INVALID_INPUT' }, outer);
  if (isGraphQLError(cause)) return requestFault(cause, outer ?? cause);
  // An operation over a WebSocket has no request of its own.
  const { requestId: id = randomUUID() } = logFields();
  log.error({ requestId: id, path: outer?.path, error: cause }, 'request failed');
  const message = isAppError(cause)
    ? cause.message
    : 'Something broke on our side. Repeat the request, with the same idempotency key if it has one.';
  return located(`${message} Quote ${id} when you report it.`, { code: 'INTERNAL', id }, outer);
}

function refusal(error: AppError, outer: GraphQLError | undefined): GraphQLError {
  const { retryAfterSeconds: retryAfter, ...limits } = error.figures;
  const extensions = {
    code: error.code,
    ...(error.field !== undefined && { field: error.field }),
    ...(retryAfter !== undefined && { retryAfter }),
    ...limits,
  };
  return located(error.message, extensions, outer);
}

/** A fault that graphql itself found: syntax, validation, coercion, transport. Its message is about the request only. */
function requestFault(error: GraphQLError, outer: GraphQLError): GraphQLError {
  const { http, maxBytes } = error.extensions as { http?: { status?: number }; maxBytes?: number };
  const extensions = { code: codeOf(error), ...(maxBytes && { maxBytes }), ...(http && { http }) };
  return located(error.message, extensions, outer);
}

/** Of a protocol: client libraries handle it, so that no caller sees it. */
const protocolCodes = ['PERSISTED_QUERY_NOT_FOUND'] as const;

function codeOf({ message, extensions }: GraphQLError): ErrorCode | (typeof protocolCodes)[number] {
  if (aborted.test(message)) return 'QUERY_TOO_COMPLEX';
  return [...errorCodes, ...protocolCodes].find((code) => code === extensions['code']) ?? 'INVALID_INPUT';
}

function located(
  message: string,
  extensions: GraphQLErrorExtensions,
  outer: GraphQLError | undefined,
): GraphQLError {
  // The message contains values and names of the request, and their places: both may be long.
  return new GraphQLError(shortened(message), {
    extensions,
    ...(outer?.nodes && { nodes: outer.nodes.slice(0, maxFaults) }),
    ...(outer?.source && { source: outer.source }),
    ...(outer?.positions && { positions: outer.positions.slice(0, maxFaults) }),
    ...(outer?.path && { path: outer.path }),
  });
}

function shortened(message: string): string {
  if (message.length <= maxMessageCharacters) return message;
  return `${message.slice(0, maxMessageCharacters).toWellFormed()}…`;
}

function rootCause(thrown: unknown): unknown {
  let cause = thrown;
  while (isGraphQLError(cause) && cause.originalError) cause = cause.originalError;
  return cause;
}

function isGraphQLError(value: unknown): value is GraphQLError {
  return value instanceof Error && value.name === 'GraphQLError';
}

function isAppError(value: unknown): value is AppError {
  return value instanceof Error && value.name === 'AppError';
}
