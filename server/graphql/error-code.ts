/** The enum `ErrorCode`: what each code means. */
import type { ErrorCode } from '../lib/errors.ts';
import { builder } from './builder.ts';
import { describedValues } from './described-values.ts';

const descriptions: Readonly<Record<ErrorCode, string>> = {
  UNAUTHENTICATED:
    'The request has no valid session or API key. Sign in, or check the key, and send it again.',
  FORBIDDEN: 'The caller is known, but may not do this.',
  NOT_FOUND: 'The object that an id names does not exist, or belongs to another user.',
  INVALID_INPUT: 'The document, a variable or an argument is wrong; `extensions.field` names the input.',
  INSUFFICIENT_CREDITS: 'The balance does not cover the price.',
  IDEMPOTENCY_CONFLICT: 'The idempotency key was used for another operation or another input.',
  TOO_MANY_ACTIVE_TASKS: 'The user has as many unfinished tasks as allowed. Wait until one is final.',
  RATE_LIMITED: 'Too many requests. Send it again after `extensions.retryAfter` seconds, where it is given.',
  UPLOAD_TOO_LARGE:
    'The image has more bytes or pixels than allowed: `extensions.maxBytes` or `extensions.maxPixels`, where one is given.',
  UNSUPPORTED_MEDIA_TYPE: 'The file is not of an accepted image type.',
  UNREADABLE_IMAGE: 'The file is damaged or incomplete, or takes too long to decode.',
  QUERY_TOO_COMPLEX: 'The operation asks for too much at once. Ask for fewer fields, levels or rows.',
  STORAGE_FULL: 'The stored images of the user take as many bytes as allowed. Delete some.',
  INTERNAL: 'An unexpected fault, with an `extensions.id` to report. The outcome is open.',
};

builder.enumType('ErrorCode', {
  description:
    "`extensions.code` of every error in a response's `errors`: the request was refused and nothing was charged. After INTERNAL, " +
    'and where no answer came at all, the outcome is open: repeat the request with the same idempotency key to settle it. ' +
    'Codes may be added: treat an unknown one like INVALID_INPUT.',
  values: describedValues(descriptions),
});
