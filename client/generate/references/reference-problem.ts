/** What is wrong with one reference image, in words. */
import { messages } from '../../i18n/messages.ts';
import type { Reference } from './references.ts';
import { maxUploadBytes } from '../upload/limits.ts';

/** Undefined while it may still become good. */
export function referenceProblem({
  name,
  byteSize,
  state,
}: Pick<Reference, 'name' | 'byteSize' | 'state'>): string | undefined {
  if (state.kind === 'failed') return messages.references.failed(name);
  if (state.kind !== 'faulty') return undefined;
  if (state.message) return messages.references.refused(name, state.message);
  if (state.fault === 'tooBig') return messages.references.tooBig(name, byteSize, maxUploadBytes);
  if (state.fault === 'tooManyPixels') return messages.references.tooManyPixels(name);
  return state.fault === 'wrongType'
    ? messages.references.wrongType(name)
    : messages.references.unreadable(name);
}
