/** Signs webhooks by Standard Webhooks (https://www.standardwebhooks.com, symmetric signatures). */
import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';

/** A new secret: `whsec_` and 32 random bytes in base64. */
export function createSecret(): string {
  return prefix + randomBytes(32).toString('base64');
}

interface Message {
  id: string;
  /** When it is sent, in milliseconds since the epoch. */
  sentAtMs: number;
  body: string;
}

/** The headers of a message. Each secret adds a signature, of which a receiver needs one. */
export function signedHeaders(
  { id, sentAtMs, body }: Message,
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = Math.floor(sentAtMs / 1000);
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': signatures.join(' '),
  };
}
