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
