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

type Result = Ended & Pick<Task, 'images' | 'options' | 'removedImages' | 'imagesExpiredAt'>;

/** For a successful task with fewer images than requested: which never came, and which were removed. Undefined if all are there. */
export function partialResultMessage(task: Result): string | undefined {
  if (task.status !== 'SUCCESS') return undefined;
  const { removedImages, imagesExpiredAt } = task;
  const asked = askedImages(task);
  const made = task.images.length + removedImages;
  const sentences = made < asked ? [lazyMessages.task.partial(made, asked), refundMessage(task)] : [];
  if (imagesExpiredAt) sentences.push(lazyMessages.task.expired(removedImages, new Date(imagesExpiredAt)));
  else if (removedImages > 0) sentences.push(lazyMessages.task.removed(removedImages));
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}

type Reasons = typeof lazyMessages.failure.reasons;
const reasons: Readonly<Record<FailureCode, Reasons[keyof Reasons]>> = lazyMessages.failure.reasons;

/** Failures after which another model may help, and another prompt would not. */
const failuresOfProvider: ReadonlySet<FailureCode> = new Set([
  'RATE_LIMITED',
  'PROVIDER_AUTH',
  'INSUFFICIENT_PROVIDER_CREDIT',
  'MODEL_NOT_FOUND',
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_ERROR',
  'PROVIDER_BAD_RESPONSE',
  'PROVIDER_LOST',
]);

/** Whether another model may help, and another prompt would not. */
export function isOfProvider({ failure }: Pick<Task, 'failure'>): boolean {
  return failure != null && failuresOfProvider.has(failure.code);
}

function refundMessage({ costCredits, refundedCredits }: Ended): string {
  if (refundedCredits <= 0) return lazyMessages.refund.unconfirmed;
  return refundedCredits >= costCredits
    ? lazyMessages.refund.full(refundedCredits)
    : lazyMessages.refund.part(refundedCredits, costCredits);
}

function reasonMessage(task: Ended): string {
  // The code may be newer than this client.
  const reason = (task.failure && reasons[task.failure.code]) ?? reasons.PROVIDER_ERROR;
  return reason({
    provider: task.provider.sandbox ? lazyMessages.failure.sandbox : task.provider.label,
    providerInSentence: inSentence(task),
    model: task.model.label,
    limitMs: Date.parse(task.deadlineAt) - Date.parse(task.createdAt),
  });
}

/** The provider's name within a sentence. */
export function inSentence(task: Pick<Task, 'provider'>): string {
  return task.provider.sandbox ? lazyMessages.failure.sandboxInSentence : task.provider.label;
}
