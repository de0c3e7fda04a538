import type { Refusal } from '../../api/errors.ts';

/** An upload that was refused, or had no response. */
export class UploadError extends Error {
  override name = 'UploadError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}
