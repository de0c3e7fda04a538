/** What is wrong with one reference image, in words. */
import { words } from '../../i18n/messages.ts';
import type { Reference } from './references.ts';
import { maxUploadBytes } from '../upload/limits.ts';

/** Undefined while it may still become good. */
export function referenceProblem({
  name,
  byteSize,
  state,
}: Pick<Reference, 'name' | 'byteSize' | 'state'>): string | undefined {
  if (state.kind === 'failed') return words.references.failed(name);
  if (state.kind !== 'faulty') return undefined;
  if (state.message) return words.references.refused(name, state.message);
  if (state.fault === 'tooBig') return words.references.tooBig(name, byteSize, maxUploadBytes);
  if (state.fault === 'tooManyPixels') return words.references.tooManyPixels(name);
  return state.fault === 'wrongType' ? words.references.wrongType(name) : words.references.unreadable(name);
}
