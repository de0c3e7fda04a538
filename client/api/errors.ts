/** Refusals of the API, in a shape that the features turn into messages. */
import type { CombinedError } from '@urql/core';
import type { ErrorCode } from './generated/enums.ts';

/** An error code of the API; `NETWORK` if there was no response. */
export type RefusalCode = ErrorCode | 'NETWORK';

export interface Refusal {
  code: RefusalCode;
  /** The input at fault, as its path in the arguments: `options.count`. */
  field?: string;
  /** For RATE_LIMITED: when the same request may be sent again. */
  retryAfterSeconds?: number;
  /** For a file that cannot be used or stored, and for FORBIDDEN: the server's own message, for the user to read. */
  message?: string;
  /** For UPLOAD_TOO_LARGE: how many bytes or pixels an image may have. */
  maxBytes?: number;
  maxPixels?: number;
  /** For INTERNAL: the id of the error in the server's log. */
  reportId?: string;
}

/** Every error code: whether its message is for the user to read. */
const hasUserMessage: Readonly<Record<ErrorCode, boolean>> = {
  UNAUTHENTICATED: false,
  FORBIDDEN: true,
  NOT_FOUND: false,
  INVALID_INPUT: false,
  INSUFFICIENT_CREDITS: false,
  DAILY_LIMIT_REACHED: false,
  IDEMPOTENCY_CONFLICT: false,
  TOO_MANY_ACTIVE_TASKS: false,
  RATE_LIMITED: false,
  UPLOAD_TOO_LARGE: true,
  UNSUPPORTED_MEDIA_TYPE: true,
  UNREADABLE_IMAGE: true,
  QUERY_TOO_COMPLEX: false,
  STORAGE_FULL: true,
  INTERNAL: false,
};

/** The refusal in a GraphQL error; `INTERNAL` for a code that this client does not know. */
export function refusalFromGraphQL(
  error: { message?: string | undefined; extensions?: Record<string, unknown> | undefined } | undefined,
): Refusal {
  const { code: sent, field, retryAfter, id, maxBytes, maxPixels } = error?.extensions ?? {};
  const code = Object.hasOwn(hasUserMessage, String(sent)) ? (sent as ErrorCode) : 'INTERNAL';
  return {
    code,
    ...(typeof field === 'string' && { field }),
    ...(typeof retryAfter === 'number' && { retryAfterSeconds: Math.ceil(retryAfter) }),
    ...(typeof id === 'string' && { reportId: id }),
    ...(typeof maxBytes === 'number' && { maxBytes }),
    ...(typeof maxPixels === 'number' && { maxPixels }),
    ...(hasUserMessage[code] && error?.message && { message: error.message }),
  };
}

/** The refusal for an HTTP status without an error in the body; 0 if there was no response. */
export function refusalFromStatus(status: number): Refusal {
  if (status === 401) return { code: 'UNAUTHENTICATED' };
  if (status === 413) return { code: 'UPLOAD_TOO_LARGE' };
  if (status === 429) return { code: 'RATE_LIMITED' };
  return { code: status === 0 ? 'NETWORK' : 'INTERNAL' };
}

/** The refusal in an operation's result; undefined where there is no error. */
export function refusalOf(error: CombinedError | undefined): Refusal | undefined {
  if (!error) return undefined;
  if (error.graphQLErrors.length > 0) return refusalFromGraphQL(error.graphQLErrors[0]);
  const response = error.response as Response | undefined;
  return refusalFromStatus(response && !response.ok ? response.status : 0);
}
