/**
 * Refusals, each with its description in the API's reference: what happened, and what the client does. The request was
 * not carried out and nothing was charged, except for `INTERNAL`, which leaves that open. Part of the public API
 * (`ErrorCode`).
 */
export const errors = {
  UNAUTHENTICATED: {
    description:
      'The request has no valid session or API key. Sign in, or check the key, and send the request again.',
  },
  FORBIDDEN: { description: 'The caller is known, but may not do this. Do not repeat the request.' },
  NOT_FOUND: {
    description: 'The object that an id names does not exist, or belongs to another user. Forget the id.',
  },
  INVALID_INPUT: {
    description:
      'The document, a variable or an argument is wrong. Correct the input that `extensions.field` names.',
  },
  INSUFFICIENT_CREDITS: {
    description:
      'The balance does not cover the price. Compare `Viewer.credits` with `Model.costCredits`; `creditTerms.creditsUrl` says where to get more.',
  },
  DAILY_LIMIT_REACHED: {
    description:
      'The user, or all users together, may spend no more credits on this day (UTC). Wait `extensions.retryAfter` seconds; where it is missing, the price is above the limit of a day.',
  },
  IDEMPOTENCY_CONFLICT: {
    description:
      'The idempotency key was used for another operation or another input. Use a new key for a new request, or send exactly the earlier request.',
  },
  TOO_MANY_ACTIVE_TASKS: {
    description: 'The user has as many unfinished tasks as allowed. Wait until one is final.',
  },
  RATE_LIMITED: {
    description:
      'Too many requests. Wait `extensions.retryAfter` seconds; where it is missing, end a subscription first.',
  },
  UPLOAD_TOO_LARGE: {
    description:
      'The image has more bytes or pixels than allowed. Send a smaller one: up to `extensions.maxBytes` or ' +
      '`extensions.maxPixels`, where one is given.',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    description: 'The file is not of an accepted image type. Convert it to PNG, JPEG, WebP or AVIF.',
  },
  UNREADABLE_IMAGE: {
    description: 'The file is damaged or incomplete, or takes too long to decode. Export the image again.',
  },
  QUERY_TOO_COMPLEX: {
    description: 'The operation asks for too much at once. Ask for fewer fields, levels or rows.',
  },
  STORAGE_FULL: {
    description:
      'The stored images of the user take as many bytes as allowed. Delete images or tasks; `Viewer.storage` has the bytes.',
  },
  INTERNAL: {
    description:
      'An unexpected fault. The outcome is open: repeat the request with the same idempotency key, and report `extensions.id` if the fault persists.',
  },
} as const satisfies Record<string, { description: string }>;

export type ErrorCode = keyof typeof errors;
export const errorCodes = Object.keys(errors) as ErrorCode[];

/** The figures of a refusal, for programs: they do not parse its message. */
interface RefusalFigures {
  /** For RATE_LIMITED and DAILY_LIMIT_REACHED: when the same request may be sent again. */
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
