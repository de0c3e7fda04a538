/**
 * Refusals: the request was not carried out and nothing was charged, except for `INTERNAL`, which leaves that open.
 * Part of the public API (`ErrorCode`).
 */
export const errorCodes = [
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
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** The figures of a refusal, for programs: they do not parse its message. */
interface RefusalFigures {
  /** For RATE_LIMITED: when the same request may be sent again. */
  retryAfterSeconds?: number | undefined;
  /** For UPLOAD_TOO_LARGE: how many bytes an image may have. */
  maxBytes?: number | undefined;
  /** For UPLOAD_TOO_LARGE: how many pixels an image may have. */
  maxPixels?: number | undefined;
}

/** A refusal. Its message is read by the caller: it says what is wrong and what to do, and holds no secret. */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: ErrorCode;
  /** The input at fault, as its path in the arguments: `options.count`. */
  readonly field: string | undefined;
  readonly figures: RefusalFigures;

  constructor(code: ErrorCode, message: string, field?: string, figures: RefusalFigures = {}) {
    super(message);
    this.code = code;
    this.field = field;
    this.figures = figures;
  }
}

/** Whether credentials were refused, as opposed to a failure to check them. */
export function isUnauthenticated(error: unknown): error is AppError {
  return error instanceof AppError && error.code === 'UNAUTHENTICATED';
}
