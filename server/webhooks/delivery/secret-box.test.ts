import { expect, it } from 'vitest';
import { deriveSecret } from '../../lib/secret.ts';
import { createSecretBox } from './secret-box.ts';

const box = createSecretBox(deriveSecret('of the installation', 'webhook secrets'));

it('opens what it sealed, which shows nothing of the secret', () => {
  const sealed = box.seal('whsec_abc');
  expect(box.open(sealed)).toBe('whsec_abc');
  expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('whsec_');
  expect(box.seal('whsec_abc')).not.toBe(sealed);
});

it('opens nothing that was altered or sealed by another installation', () => {
  const bytes = Buffer.from(box.seal('whsec_abc'), 'base64');
  bytes[bytes.length - 1]! ^= 1;
  expect(() => box.open(bytes.toString('base64'))).toThrow();
  const other = createSecretBox(deriveSecret('of another one', 'webhook secrets'));
  expect(() => other.open(box.seal('whsec_abc'))).toThrow();
});

it('opens what an accepted key sealed, and seals it under its own', () => {
  const [before, after] = ['before', 'after'].map((secret) => deriveSecret(secret, 'webhook secrets'));
  const old = createSecretBox(before!);
  const both = createSecretBox(after!, [before!]);
  const sealed = old.seal('whsec_abc');
  expect(both.open(sealed)).toBe('whsec_abc');
  const resealed = both.resealed(sealed)!;
  expect(createSecretBox(after!).open(resealed)).toBe('whsec_abc');
  expect(both.resealed(resealed)).toBeUndefined();
  expect(both.resealed(box.seal('whsec_abc'))).toBeUndefined();
});
