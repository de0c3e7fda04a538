/** Enums that several features speak. */
import { errorCodes } from '../errors.ts';
import { failureCodes } from '../providers/provider.ts';
import { builder } from './builder.ts';

export const Scene = builder.enumType('Scene', {
  description: 'What an image is made from.',
  values: ['TEXT_TO_IMAGE', 'IMAGE_TO_IMAGE'] as const,
});

export const FailureCode = builder.enumType('FailureCode', {
  description: 'Why a task that was accepted ended as FAILED. It is data, never an entry of `errors`.',
  values: failureCodes,
});

builder.enumType('ErrorCode', {
  description:
    "`extensions.code` of every error in a response's `errors`: the request was refused and nothing was charged. After INTERNAL, " +
    'and where no answer came at all, the outcome is open: repeat the request with the same idempotency key to settle it.',
  values: errorCodes,
});
