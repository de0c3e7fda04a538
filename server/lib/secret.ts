import { createHmac } from 'node:crypto';

/** A secret of its own for each purpose, so that a leaked one reveals nothing about the others. */
export function deriveSecret(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url');
}
