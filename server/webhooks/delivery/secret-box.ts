/** Encrypts secrets that the database stores, because they have to sign: AES-256-GCM under a key of the installation. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deriveSecrets, type Secrets } from '../../lib/secret.ts';

export type SecretBox = ReturnType<typeof createSecretBox>;

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** The box of an installation with these secrets. */
export function openSecretBox(secrets: Secrets): SecretBox {
  const { current, accepted } = deriveSecrets(secrets, 'webhook secrets');
  return createSecretBox(current, accepted);
}

/**
 * @param derivedSecret 32 bytes in base64url, as `deriveSecret` makes them.
 * @param accepted Others, under which secrets may be sealed too.
 */
export function createSecretBox(derivedSecret: string, accepted: readonly string[] = []) {
  const keyOf = (secret: string) => Buffer.from(secret, 'base64url');
  const key = keyOf(derivedSecret);
  const acceptedKeys = accepted.map(keyOf);

  const seal = (secret: string): string => {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv(algorithm, key, iv);
    const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64');
  };

  return {
    seal,

    /** @throws {Error} where it was sealed under a key that is not accepted, or was altered */
    open(sealed: string): string {
      const opened = openWithAny([key, ...acceptedKeys], sealed);
      if (opened === undefined) throw new Error('The secret is sealed under another key, or was altered');
      return opened;
    },

    /** Whether `open` opens it. */
    canOpen: (sealed: string): boolean => openWithAny([key, ...acceptedKeys], sealed) !== undefined,

    /** The secret under the current key; undefined where it is so already, or no accepted key opens it. */
    resealed(sealed: string): string | undefined {
      if (openWithAny([key], sealed) !== undefined) return undefined;
      const secret = openWithAny(acceptedKeys, sealed);
      return secret === undefined ? undefined : seal(secret);
    },
  };
}

function openWithAny(keys: readonly Buffer[], sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  for (const key of keys) {
    try {
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
    } catch {
      // Sealed under another key, or altered.
    }
  }
  return undefined;
}
