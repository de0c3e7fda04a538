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

const providerFaults: ReadonlySet<FailureCode> = new Set<FailureCode>([
  'RATE_LIMITED',
  'PROVIDER_AUTH',
  'INSUFFICIENT_PROVIDER_CREDIT',
  'MODEL_NOT_FOUND',
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_ERROR',
  'PROVIDER_BAD_RESPONSE',
  'PROVIDER_LOST',
]);

/** Whether another model may help, and other words would not. */
export function isOfProvider({ failure }: Pick<Task, 'failure'>): boolean {
  return failure !== null && providerFaults.has(failure.code);
}

function refundWords({ costCredits, refundedCredits }: Ended): string {
  if (refundedCredits <= 0) return laterWords.refund.unconfirmed;
  return refundedCredits >= costCredits
    ? laterWords.refund.full(refundedCredits)
    : laterWords.refund.part(refundedCredits, costCredits);
}

function reasonWords(task: Ended): string {
  const provider = task.provider.sandbox ? laterWords.failure.sandbox : task.provider.label;
  switch (task.failure?.code) {
    case 'CONTENT_BLOCKED':
      return laterWords.failure.blocked(inSentence(task));
    case 'INVALID_INPUT':
      return laterWords.failure.invalidInput(provider);
    case 'REFERENCE_UNUSABLE':
      return laterWords.failure.referenceUnusable(provider);
    case 'RATE_LIMITED':
      return laterWords.failure.busy(provider);
    case 'PROVIDER_AUTH':
    case 'INSUFFICIENT_PROVIDER_CREDIT':
      return laterWords.failure.outOfService(provider);
    case 'MODEL_NOT_FOUND':
      return laterWords.failure.modelGone(task.model.label);
    case 'PROVIDER_UNAVAILABLE':
      return laterWords.failure.unreachable(provider);
    case 'PROVIDER_LOST':
      return laterWords.failure.lost(provider);
    case 'OUTPUT_EXPIRED':
      return laterWords.failure.expired;
    case 'NO_IMAGE_RETURNED':
      return laterWords.failure.noImage(provider);
    case 'TIMEOUT':
      return laterWords.failure.timeout(provider, Date.parse(task.deadlineAt) - Date.parse(task.createdAt));
    case 'DECLINED':
      return laterWords.failure.declined(provider);
    case 'INTERNAL':
      return laterWords.failure.internal;
    default:
      return laterWords.failure.providerFailed(provider);
  }
}

/** The provider's name where it does not begin the sentence. */
export function inSentence(task: Pick<Task, 'provider'>): string {
  return task.provider.sandbox ? laterWords.failure.sandboxInSentence : task.provider.label;
}
