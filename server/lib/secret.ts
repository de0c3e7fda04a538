import { createHmac } from 'node:crypto';

/** The secret that signs and encrypts, and the other secrets that are accepted during a rotation. */
export interface Secrets {
  current: string;
  accepted: readonly string[];
}

/** A secret of its own for each purpose, so that a leaked one reveals nothing about the others. */
export function deriveSecret(secret: string, purpose: string): string {
  return createHmac('sha256', secret).update(purpose).digest('base64url');
}

/** `deriveSecret` of each. */
export function deriveSecrets({ current, accepted }: Secrets, purpose: string): Secrets {
  return {
    current: deriveSecret(current, purpose),
    accepted: accepted.map((secret) => deriveSecret(secret, purpose)),
  };
}
