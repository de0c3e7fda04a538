/** What to tell of a task that gave less than was asked for. Says that credits are back only where the API says so. */
import { words } from '../../ui/words.ts';
import { askedImages, type Task } from '../task.ts';

type Ended = Pick<
  Task,
  'status' | 'failure' | 'provider' | 'model' | 'costCredits' | 'refundedCredits' | 'createdAt' | 'deadlineAt'
>;

/** What happened and what became of the credits, in one or two sentences. */
export function failureWords(task: Ended): { title: string; text: string } {
  if (task.status === 'CANCELED') return { title: words.strip.cancelled, text: refundWords(task) };
  return { title: words.failure.title, text: `${reasonWords(task)} ${refundWords(task)}` };
}

/** For a task that ended well with fewer images than asked for; undefined where none is missing. */
export function partialWords(task: Ended & Pick<Task, 'images' | 'options'>): string | undefined {
  const asked = askedImages(task);
  if (task.status !== 'SUCCESS' || task.images.length >= asked) return undefined;
  return `${words.strip.partial(task.images.length, asked)} ${refundWords(task)}`;
}

function refundWords({ costCredits, refundedCredits }: Ended): string {
  if (refundedCredits <= 0) return words.refund.unconfirmed;
  return refundedCredits >= costCredits
    ? words.refund.full(refundedCredits)
    : words.refund.part(refundedCredits, costCredits);
}

function reasonWords(task: Ended): string {
  const provider = task.provider.sandbox ? words.failure.sandbox : task.provider.label;
  switch (task.failure?.code) {
    case 'CONTENT_BLOCKED':
      return words.failure.blocked(inSentence(task));
    case 'INVALID_INPUT':
      return words.failure.invalidInput(provider);
    case 'REFERENCE_UNUSABLE':
      return words.failure.referenceUnusable(provider);
    case 'RATE_LIMITED':
      return words.failure.busy(provider);
    case 'PROVIDER_AUTH':
    case 'INSUFFICIENT_PROVIDER_CREDIT':
      return words.failure.outOfService(provider);
    case 'MODEL_NOT_FOUND':
      return words.failure.modelGone(task.model.label);
    case 'PROVIDER_UNAVAILABLE':
      return words.failure.unreachable(provider);
    case 'PROVIDER_LOST':
      return words.failure.lost(provider);
    case 'OUTPUT_EXPIRED':
      return words.failure.expired;
    case 'NO_IMAGE_RETURNED':
      return words.failure.noImage(provider);
    case 'TIMEOUT':
      return words.failure.timeout(provider, Date.parse(task.deadlineAt) - Date.parse(task.createdAt));
    default:
      return words.failure.providerFailed(provider);
  }
}

/** The provider's name where it does not begin the sentence. */
function inSentence(task: Ended): string {
  return task.provider.sandbox ? words.failure.sandboxInSentence : task.provider.label;
}
