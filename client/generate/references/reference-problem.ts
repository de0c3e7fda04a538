/** The problem of a reference, and the limits of uploads. */
import type { Reference } from './references.ts';
import { messages } from '../../i18n/messages.ts';

/** Undefined while it is pending or good. */
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

/** Limits of the server for an upload. */
export const maxUploadBytes = 5 * 1024 * 1024;

export const maxUploadPixels = 40_000_000;

export const pictureTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/heic'] as const;
