import { Webhook } from 'standardwebhooks';
import { expect, it } from 'vitest';
import { createSecret, signedHeaders } from './signature.ts';

it('signs so that the library of the specification verifies it, with each secret', () => {
  const secrets = [createSecret(), createSecret()];
  const body = '{"prompt":"Dünen"}';
  const headers = signedHeaders({ id: 'V2ViaG9vaw==', sentAtMs: Date.now(), body }, secrets);
  for (const secret of secrets) {
    expect(Buffer.from(secret.replace('whsec_', ''), 'base64')).toHaveLength(32);
    expect(new Webhook(secret).verify(body, headers)).toEqual({ prompt: 'Dünen' });
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow('No matching signature');
  }
  expect(() => new Webhook(createSecret()).verify(body, headers)).toThrow('No matching signature');
});
