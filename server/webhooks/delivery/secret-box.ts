/** Encrypts secrets that the database stores, because they have to sign: AES-256-GCM under a key of the installation. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export type SecretBox = ReturnType<typeof createSecretBox>;

const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

/** @param derivedSecret 32 bytes in base64url, as `deriveSecret` makes them. */
export function createSecretBox(derivedSecret: string) {
  const key = Buffer.from(derivedSecret, 'base64url');
  return {
    seal(secret: string): string {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv(algorithm, key, iv);
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64');
    },

    /** @throws {Error} where it was sealed under another key, as after a change of AUTH_SECRET, or was altered */
    open(sealed: string): string {
      const bytes = Buffer.from(sealed, 'base64');
      const decipher = createDecipheriv(algorithm, key, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}
