import { describe, expect, it } from 'vitest';
import { createOperatorToken, isOperatorToken, withOperatorTokens } from './operator-token.ts';

const secret = 'a secret for tests of 32 letters and more';

describe('an operator token', () => {
  it('is valid for a minute, with its own secret only', () => {
    const token = createOperatorToken(secret, 1_000);
    expect(isOperatorToken(token, secret, 60_999)).toBe(true);
    expect(isOperatorToken(token, secret, 61_000)).toBe(false);
    expect(isOperatorToken(token, `${secret}!`, 1_000)).toBe(false);
  });

  it.each([
    ['another end', (token: string) => token.replace('psop_61000', 'psop_99000')],
    ['no signature', (token: string) => token.split('.')[0]!],
    ['a shorter signature', (token: string) => token.slice(0, -1)],
    ['no number', (token: string) => token.replace('61000', 'x')],
  ])('is refused with %s', (_, change) => {
    expect(isOperatorToken(change(createOperatorToken(secret, 1_000)), secret, 2_000)).toBe(false);
  });

  it('is the command, and leaves every other credential to the users', async () => {
    const viewerOf = withOperatorTokens((headers) => Promise.resolve(headers.get('authorization')), {
      current: secret,
      accepted: [],
    });
    const of = (authorization: string) => viewerOf(new Headers({ authorization }));
    expect(await of(`Bearer ${createOperatorToken(secret)}`)).toMatchObject({
      id: 'command',
      scopes: ['ADMIN'],
    });
    expect(await of('Bearer psk_x')).toBe('Bearer psk_x');
    expect(await viewerOf(new Headers())).toBeNull();
    await expect(async () => of('Bearer psop_1.x')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});
