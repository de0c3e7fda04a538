import { createHmac } from 'node:crypto';

/** A secret of its own for each purpose, so that one that leaks tells nothing of the others. */
export function deriveSecret(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url');
}
