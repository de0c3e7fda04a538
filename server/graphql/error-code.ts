import { errors } from '../lib/errors.ts';
import { builder } from './builder.ts';

builder.enumType('ErrorCode', {
  description:
    "`extensions.code` of every error in a response's `errors`: the request was refused and nothing was charged. After INTERNAL, " +
    'and where no answer came at all, the outcome is open: repeat the request with the same idempotency key to settle it. ' +
    'Codes may be added: treat an unknown one like INVALID_INPUT.',
  values: errors,
});
