import type { Refusal } from '../../api/errors.ts';

/** An upload that the server refused, or that never reached it. */
export class UploadError extends Error {
  override name = 'UploadError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}
