interface Failure {
  /** In the API's reference: what happened, and what the client does. */
  description: string;
  /** For the user of the task; holds no provider text, key or URL. */
  message: string;
  /** Whether the same request may succeed later. */
  retryable: boolean;
  /** The provider may still work on the task, so that the work has to be canceled there. */
  mayStillRun?: true;
}

/**
 * Why an accepted request ended without pictures. Part of the public API (`FailureCode`). Of several failures of one
 * request, the first in this order represents it: the most specific ones come first, and those after which nothing may
 * be sent again before those after which it may.
 */
const table = {
  CONTENT_BLOCKED: {
    description:
      "The provider's safety rules blocked the prompt, a reference image or the result. Change the prompt or the reference images.",
    message: "The provider's safety rules did not accept this request.",
    retryable: false,
  },
  DECLINED: {
    description: 'The model declined in words. Change the prompt.',
    message: 'The model declined this request in words. Change the prompt.',
    retryable: false,
  },
  PROVIDER_AUTH: {
    description: 'The provider refused the key of this installation. Its operator has to act.',
    message: 'The provider did not accept this installation. Its operator has to act.',
    retryable: false,
  },
  INSUFFICIENT_PROVIDER_CREDIT: {
    description: 'The credit of this installation at the provider is used up. Its operator has to act.',
    message: "This installation's credit at the provider is used up. Its operator has to act.",
    retryable: false,
  },
  MODEL_NOT_FOUND: {
    description: 'The provider no longer offers the model. Choose another model.',
    message: 'The provider no longer offers this model. Choose another one.',
    retryable: false,
  },
  REFERENCE_UNUSABLE: {
    description:
      'A reference image was deleted before it was sent, or the provider cannot read it. Choose another reference image.',
    message: 'A reference image could not be read. Choose another one.',
    retryable: false,
  },
  INVALID_INPUT: {
    description: 'The provider could not use the prompt or an option. Change the prompt or the options.',
    message: 'The provider could not use this request. Change its prompt or options.',
    retryable: false,
  },
  TIMEOUT: {
    description:
      'The task was unfinished at its deadline. Retry, or choose a faster model (`Model.typicalDurationMs`).',
    message: 'This took longer than its time limit, so it was stopped.',
    retryable: true,
    mayStillRun: true,
  },
  PROVIDER_LOST: {
    description: 'The request was interrupted, and its result cannot be fetched. Retry.',
    message: 'This request was interrupted, and its result cannot be fetched.',
    retryable: true,
  },
  OUTPUT_EXPIRED: {
    description: 'The provider had deleted the image before it could be stored. Retry.',
    message: 'The provider had deleted the picture before it could be kept.',
    retryable: true,
  },
  PROVIDER_ERROR: {
    description: 'The provider reported a failure of its own. Retry, or choose another model.',
    message: 'The provider could not make this one.',
    retryable: true,
  },
  PROVIDER_BAD_RESPONSE: {
    description: 'The provider answered with something that is no image. Retry, or choose another model.',
    message: 'The provider answered with something that is no picture.',
    retryable: true,
  },
  NO_IMAGE_RETURNED: {
    description: 'The provider ended without an image and without a reason. Retry, or change the prompt.',
    message: 'The provider answered without a picture. Another prompt may help.',
    retryable: true,
  },
  RATE_LIMITED: {
    description: 'The provider had too many requests until the deadline. Retry in some minutes.',
    message: 'The provider had too many requests. Try again in a few minutes.',
    retryable: true,
  },
  PROVIDER_UNAVAILABLE: {
    description: 'The provider could not be reached until the deadline. Retry later.',
    message: 'The provider could not be reached. Try again later.',
    retryable: true,
    mayStillRun: true,
  },
  INTERNAL: {
    description: 'A fault of this installation, not of the provider. Retry later.',
    message: 'A fault of this installation stopped this task. Try again later.',
    retryable: true,
  },
} as const satisfies Record<string, Failure>;

export type FailureCode = keyof typeof table;
export const failures: Readonly<Record<FailureCode, Failure>> = table;
export const failureCodes = Object.keys(failures) as FailureCode[];
