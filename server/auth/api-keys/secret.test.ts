import { defaultKeyHasher } from '@better-auth/api-key';
import { expect, it } from 'vitest';
import { createSecret, digestOf, isSecret } from './secret.ts';

it('is well formed, and never the same', () => {
  const secrets = Array.from({ length: 1_000 }, createSecret);
  for (const secret of secrets) expect(secret).toMatch(/^psk_[0-9A-Za-z]{36}$/);
  expect(secrets.filter((secret) => !isSecret(secret))).toEqual([]);
  expect(new Set(secrets).size).toBe(secrets.length);
});

it('has the checksum of its random part, as other programs compute it', () => {
  // The CRC-32 of 30 times `a` is 6bc1d3c1.
  expect(isSecret(`psk_${'a'.repeat(30)}1yLcDB`)).toBe(true);
});

it('is refused where a character is wrong, missing, added, or swapped with its neighbor', () => {
  const secret = createSecret();
  const at = (index: number, text: string, length: number) =>
    secret.slice(0, index) + text + secret.slice(index + length);
  for (let index = 0; index < secret.length; index += 1) {
    const [first = '', second = ''] = secret.slice(index, index + 2);
    const faulty = [
      at(index, first === 'x' ? 'y' : 'x', 1),
      at(index, '', 1),
      at(index, `${first}${first}`, 1),
    ];
    if (second && first !== second) faulty.push(at(index, second + first, 2));
    expect(faulty.filter(isSecret)).toEqual([]);
  }
  for (const text of ['', 'psk_', `${secret} `, `${secret}\n`, secret.toUpperCase(), `x${secret}`])
    expect(isSecret(text)).toBe(false);
});

it('is digested as the plugin does', async () => {
  const secret = createSecret();
  expect(digestOf(secret)).toBe(await defaultKeyHasher(secret));
});
