/** Why the API said no, in a shape that the features can turn into words. */
import type { CombinedError } from '@urql/core';

/** `ErrorCode` of the API, and `NETWORK` where no answer came at all. */
export type RefusalCode =
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'INVALID_INPUT'
  | 'INSUFFICIENT_CREDITS'
  | 'IDEMPOTENCY_CONFLICT'
  | 'TOO_MANY_ACTIVE_TASKS'
  | 'RATE_LIMITED'
  | 'UPLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'UNREADABLE_IMAGE'
  | 'QUERY_TOO_COMPLEX'
  | 'STORAGE_FULL'
  | 'INTERNAL'
  | 'NETWORK';

export interface Refusal {
  code: RefusalCode;
  /** The input at fault, as its path in the arguments: `options.count`. */
  field?: string;
  /** For RATE_LIMITED: when the same request may be sent again. */
  retryAfterSeconds?: number;
  /** For a file that cannot be used, and for FORBIDDEN: what the server says of it, for the person to read. */
  message?: string;
  /** For INTERNAL: what the server's log knows it by. */
  reportId?: string;
}

/** Those whose message is for the person to read. */
const toldCodes: ReadonlySet<unknown> = new Set<RefusalCode>([
  'FORBIDDEN',
  'UPLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'UNREADABLE_IMAGE',
]);

interface ErrorLike {
  message?: string | undefined;
  extensions?: Record<string, unknown> | undefined;
}

const codes: ReadonlySet<unknown> = new Set<RefusalCode>([
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'INVALID_INPUT',
  'INSUFFICIENT_CREDITS',
  'IDEMPOTENCY_CONFLICT',
  'TOO_MANY_ACTIVE_TASKS',
  'RATE_LIMITED',
  'UPLOAD_TOO_LARGE',
  'UNSUPPORTED_MEDIA_TYPE',
  'UNREADABLE_IMAGE',
  'QUERY_TOO_COMPLEX',
  'STORAGE_FULL',
  'INTERNAL',
]);

/** The refusal in a GraphQL error; `INTERNAL` for a code that this client does not know. */
export function refusalFromGraphQL(error: ErrorLike | undefined): Refusal {
  const extensions = error?.extensions ?? {};
  const { retryAfter, id } = extensions;
  return {
    code: codes.has(extensions['code']) ? (extensions['code'] as RefusalCode) : 'INTERNAL',
    ...(typeof extensions['field'] === 'string' && { field: extensions['field'] }),
    ...(typeof retryAfter === 'number' && { retryAfterSeconds: Math.ceil(retryAfter) }),
    ...(typeof id === 'string' && { reportId: id }),
    ...(toldCodes.has(extensions['code']) && error?.message && { message: error.message }),
  };
}

/** The refusal that a bare HTTP status stands for, where the body says nothing. */
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
