/** The types of the API that describe the state of a task. */
import { builder } from '../graphql/builder.ts';
import { describedValues } from '../graphql/described-values.ts';
import type { FailureCode as FailureCodeValue } from '../providers/provider.ts';
import { failures, type Progress } from './task.ts';

export const MediaType = builder.enumType('MediaType', {
  description: 'What a task makes.',
  values: { IMAGE: { description: 'Still images.' } } as const,
});

export const TaskStatus = builder.enumType('TaskStatus', {
  description:
    'PENDING → PROCESSING → SUCCESS, FAILED or CANCELED. The last three are final; no task ever goes back.',
  values: describedValues({
    PENDING: 'Accepted; the provider has not begun.',
    PROCESSING: 'The provider works on it, or its images are being stored.',
    SUCCESS: 'Ended with at least one image.',
    FAILED: 'Ended without an image; `Task.failure` says why.',
    CANCELED: 'Ended by `cancelTask`.',
  }),
});

const ProgressSource = builder.enumType('ProgressSource', {
  description: 'Where the percentage comes from.',
  values: {
    PROVIDER: { description: 'The provider reported the percentage.' },
    ESTIMATE: { description: "Derived from the time elapsed and the model's typical duration." },
  } as const,
});

export const TaskProgress = builder.objectRef<Progress>('TaskProgress').implement({
  description: 'How far a task is.',
  fields: (t) => ({
    percent: t.exposeInt('percent', {
      nullable: true,
      description: '0 to 100; never falls; 100 only in SUCCESS; null while nothing can be said.',
    }),
    source: t.expose('source', { type: ProgressSource, description: 'Where `percent` comes from.' }),
    etaSeconds: t.exposeInt('etaSeconds', {
      nullable: true,
      description: 'Seconds left, an estimate; null when unknown or overdue.',
    }),
  }),
});

const failureDescriptions: Readonly<Record<FailureCodeValue, string>> = {
  CONTENT_BLOCKED: "The provider's safety rules blocked the prompt, a reference image or the result.",
  DECLINED: 'The model declined in words.',
  INVALID_INPUT: 'The provider could not use the prompt or an option.',
  REFERENCE_UNUSABLE: 'A reference image was deleted before it was sent, or the provider cannot read it.',
  NO_IMAGE_RETURNED: 'The provider ended without an image and without a reason.',
  RATE_LIMITED: 'The provider had too many requests until the deadline.',
  PROVIDER_AUTH: 'The provider refused the key of this installation. Its operator has to act.',
  INSUFFICIENT_PROVIDER_CREDIT:
    'The credit of this installation at the provider is used up. Its operator has to act.',
  MODEL_NOT_FOUND: 'The provider no longer offers the model.',
  PROVIDER_UNAVAILABLE: 'The provider could not be reached until the deadline.',
  PROVIDER_ERROR: 'The provider reported a failure of its own.',
  PROVIDER_BAD_RESPONSE: 'The provider answered with something that is no image.',
  PROVIDER_LOST: 'The request was interrupted, and its result cannot be fetched.',
  OUTPUT_EXPIRED: 'The provider had deleted the image before it could be stored.',
  TIMEOUT: 'The task was unfinished at its deadline.',
  INTERNAL: 'A fault of this installation, not of the provider.',
};

const FailureCode = builder.enumType('FailureCode', {
  description:
    'Why a task that was accepted ended as FAILED. It is data, never an entry of `errors`. Codes may be added: for an unknown one, ' +
    '`TaskFailure.message` and `retryable` say enough.',
  values: describedValues(failureDescriptions),
});

export const TaskFailure = builder.objectRef<FailureCodeValue>('TaskFailure').implement({
  description: 'Why a task failed. The charge is refunded.',
  fields: (t) => ({
    code: t.field({ type: FailureCode, description: 'The reason, for programs.', resolve: (code) => code }),
    message: t.string({
      description: 'For the user of the task; contains no provider text, key or URL.',
      resolve: (code) => failures[code].message,
    }),
    retryable: t.boolean({
      description: 'Whether the same request may succeed later.',
      resolve: (code) => failures[code].retryable,
    }),
  }),
});
