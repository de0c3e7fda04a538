/** Messages for a task with fewer images than requested. They say that credits are back only if the API says so. */
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import type { FailureCode } from '../../api/generated/graphql.ts';
import { askedImages, type Task } from '../../api/task.ts';

type Ended = Pick<
  Task,
  'status' | 'failure' | 'provider' | 'model' | 'costCredits' | 'refundedCredits' | 'createdAt' | 'deadlineAt'
>;

/** The reason and the refund, in one or two sentences. */
export function taskErrorMessage(task: Ended): { title: string; text: string } {
  if (task.status === 'CANCELED') return { title: lazyMessages.task.cancelled, text: refundMessage(task) };
  return { title: lazyMessages.failure.title, text: `${reasonMessage(task)} ${refundMessage(task)}` };
}

/** For a successful task with fewer images than requested; undefined if none is missing. */
export function partialResultMessage(task: Ended & Pick<Task, 'images' | 'options'>): string | undefined {
  const asked = askedImages(task);
  if (task.status !== 'SUCCESS' || task.images.length >= asked) return undefined;
  return `${lazyMessages.task.partial(task.images.length, asked)} ${refundMessage(task)}`;
}

interface Reason {
  /** `provider` begins the sentence. */
  text: (task: Ended, provider: string) => string;
  /** Whether another model may help, and another prompt would not. */
  isOfProvider?: true;
}

const reasons: Readonly<Record<FailureCode, Reason>> = {
  CONTENT_BLOCKED: { text: (task) => lazyMessages.failure.blocked(inSentence(task)) },
  INVALID_INPUT: { text: (_, provider) => lazyMessages.failure.invalidInput(provider) },
  REFERENCE_UNUSABLE: { text: (_, provider) => lazyMessages.failure.referenceUnusable(provider) },
  RATE_LIMITED: { text: (_, provider) => lazyMessages.failure.busy(provider), isOfProvider: true },
  PROVIDER_AUTH: { text: (_, provider) => lazyMessages.failure.outOfService(provider), isOfProvider: true },
  INSUFFICIENT_PROVIDER_CREDIT: {
    text: (_, provider) => lazyMessages.failure.outOfService(provider),
    isOfProvider: true,
  },
  MODEL_NOT_FOUND: { text: ({ model }) => lazyMessages.failure.modelGone(model.label), isOfProvider: true },
  PROVIDER_UNAVAILABLE: {
    text: (_, provider) => lazyMessages.failure.unreachable(provider),
    isOfProvider: true,
  },
  PROVIDER_ERROR: {
    text: (_, provider) => lazyMessages.failure.providerFailed(provider),
    isOfProvider: true,
  },
  PROVIDER_BAD_RESPONSE: {
    text: (_, provider) => lazyMessages.failure.providerFailed(provider),
    isOfProvider: true,
  },
  PROVIDER_LOST: { text: (_, provider) => lazyMessages.failure.lost(provider), isOfProvider: true },
  OUTPUT_EXPIRED: { text: () => lazyMessages.failure.expired },
  NO_IMAGE_RETURNED: { text: (_, provider) => lazyMessages.failure.noImage(provider) },
  TIMEOUT: {
    text: ({ createdAt, deadlineAt }, provider) =>
      lazyMessages.failure.timeout(provider, Date.parse(deadlineAt) - Date.parse(createdAt)),
  },
  DECLINED: { text: (_, provider) => lazyMessages.failure.declined(provider) },
  INTERNAL: { text: () => lazyMessages.failure.internal },
};

/** Undefined where there is no failure, or its code is newer than this client. */
function reasonOf({ failure }: Pick<Task, 'failure'>): Reason | undefined {
  return failure ? reasons[failure.code] : undefined;
}

/** Whether another model may help, and another prompt would not. */
export function isOfProvider(task: Pick<Task, 'failure'>): boolean {
  return reasonOf(task)?.isOfProvider ?? false;
}

function refundMessage({ costCredits, refundedCredits }: Ended): string {
  if (refundedCredits <= 0) return lazyMessages.refund.unconfirmed;
  return refundedCredits >= costCredits
    ? lazyMessages.refund.full(refundedCredits)
    : lazyMessages.refund.part(refundedCredits, costCredits);
}

function reasonMessage(task: Ended): string {
  const provider = task.provider.sandbox ? lazyMessages.failure.sandbox : task.provider.label;
  return reasonOf(task)?.text(task, provider) ?? lazyMessages.failure.providerFailed(provider);
}

/** The provider's name within a sentence. */
export function inSentence(task: Pick<Task, 'provider'>): string {
  return task.provider.sandbox ? lazyMessages.failure.sandboxInSentence : task.provider.label;
}
