/** What to tell of a task that gave less than was asked for. Says that credits are back only where the API says so. */
import { laterWords } from '../../i18n/lazy-messages.ts';
import type { FailureCode } from '../../api/generated/graphql.ts';
import { askedImages, type Task } from '../../api/task.ts';

type Ended = Pick<
  Task,
  'status' | 'failure' | 'provider' | 'model' | 'costCredits' | 'refundedCredits' | 'createdAt' | 'deadlineAt'
>;

/** What happened and what became of the credits, in one or two sentences. */
export function failureWords(task: Ended): { title: string; text: string } {
  if (task.status === 'CANCELED') return { title: laterWords.strip.cancelled, text: refundWords(task) };
  return { title: laterWords.failure.title, text: `${reasonWords(task)} ${refundWords(task)}` };
}

/** For a task that ended well with fewer images than asked for; undefined where none is missing. */
export function partialWords(task: Ended & Pick<Task, 'images' | 'options'>): string | undefined {
  const asked = askedImages(task);
  if (task.status !== 'SUCCESS' || task.images.length >= asked) return undefined;
  return `${laterWords.strip.partial(task.images.length, asked)} ${refundWords(task)}`;
}

interface Reason {
  /** `provider` begins the sentence. */
  text: (task: Ended, provider: string) => string;
  /** Whether another model may help, and another prompt would not. */
  isOfProvider?: true;
}

const reasons: Readonly<Record<FailureCode, Reason>> = {
  CONTENT_BLOCKED: { text: (task) => laterWords.failure.blocked(inSentence(task)) },
  INVALID_INPUT: { text: (_, provider) => laterWords.failure.invalidInput(provider) },
  REFERENCE_UNUSABLE: { text: (_, provider) => laterWords.failure.referenceUnusable(provider) },
  RATE_LIMITED: { text: (_, provider) => laterWords.failure.busy(provider), isOfProvider: true },
  PROVIDER_AUTH: { text: (_, provider) => laterWords.failure.outOfService(provider), isOfProvider: true },
  INSUFFICIENT_PROVIDER_CREDIT: {
    text: (_, provider) => laterWords.failure.outOfService(provider),
    isOfProvider: true,
  },
  MODEL_NOT_FOUND: { text: ({ model }) => laterWords.failure.modelGone(model.label), isOfProvider: true },
  PROVIDER_UNAVAILABLE: {
    text: (_, provider) => laterWords.failure.unreachable(provider),
    isOfProvider: true,
  },
  PROVIDER_ERROR: { text: (_, provider) => laterWords.failure.providerFailed(provider), isOfProvider: true },
  PROVIDER_BAD_RESPONSE: {
    text: (_, provider) => laterWords.failure.providerFailed(provider),
    isOfProvider: true,
  },
  PROVIDER_LOST: { text: (_, provider) => laterWords.failure.lost(provider), isOfProvider: true },
  OUTPUT_EXPIRED: { text: () => laterWords.failure.expired },
  NO_IMAGE_RETURNED: { text: (_, provider) => laterWords.failure.noImage(provider) },
  TIMEOUT: {
    text: ({ createdAt, deadlineAt }, provider) =>
      laterWords.failure.timeout(provider, Date.parse(deadlineAt) - Date.parse(createdAt)),
  },
  DECLINED: { text: (_, provider) => laterWords.failure.declined(provider) },
  INTERNAL: { text: () => laterWords.failure.internal },
};

/** Undefined where there is no failure, or its code is newer than this client. */
function reasonOf({ failure }: Pick<Task, 'failure'>): Reason | undefined {
  return failure ? reasons[failure.code] : undefined;
}

/** Whether another model may help, and another prompt would not. */
export function isOfProvider(task: Pick<Task, 'failure'>): boolean {
  return reasonOf(task)?.isOfProvider ?? false;
}

function refundWords({ costCredits, refundedCredits }: Ended): string {
  if (refundedCredits <= 0) return laterWords.refund.unconfirmed;
  return refundedCredits >= costCredits
    ? laterWords.refund.full(refundedCredits)
    : laterWords.refund.part(refundedCredits, costCredits);
}

function reasonWords(task: Ended): string {
  const provider = task.provider.sandbox ? laterWords.failure.sandbox : task.provider.label;
  return reasonOf(task)?.text(task, provider) ?? laterWords.failure.providerFailed(provider);
}

/** The provider's name where it does not begin the sentence. */
export function inSentence(task: Pick<Task, 'provider'>): string {
  return task.provider.sandbox ? laterWords.failure.sandboxInSentence : task.provider.label;
}
