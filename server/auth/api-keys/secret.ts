/**
 * The secret of an API key: `psk_`, 30 random characters and their checksum. The prefix lets secret scanners find it; the
 * checksum refuses a mistyped one without a read of the database.
 */
import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { generateRandomString } from 'better-auth/crypto';

/** What every secret begins with. */
export const secretPrefix = 'psk_';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 178 bits. */
const randomCharacters = 30;
/** Enough for 32 bits. */
const checksumCharacters = 6;

export function createSecret(): string {
  const random = generateRandomString(randomCharacters, 'a-z', 'A-Z', '0-9');
  return secretPrefix + random + checksumOf(random);
}

/** Whether the text can be a secret: its length, its characters and its checksum are right. */
export function isSecret(text: string): boolean {
  const random = text.slice(secretPrefix.length, -checksumCharacters);
  return /^psk_[0-9A-Za-z]{36}$/.test(text) && text.endsWith(checksumOf(random));
}

/** What the database holds in place of the secret, as the plugin writes it. */
export function digestOf(secret: string): string {
  return hash('sha256', secret, 'base64url');
}

/** The CRC-32 in base 62. */
function checksumOf(random: string): string {
  let left = crc32(random);
  let checksum = '';
  for (let place = 0; place < checksumCharacters; place += 1) {
    checksum = alphabet[left % alphabet.length] + checksum;
    left = Math.floor(left / alphabet.length);
  }
  return checksum;
}
