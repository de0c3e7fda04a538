import { describe, expect, it } from 'vitest';
import { createAuthClient } from './auth-client.ts';

function start(answer: () => Response | Promise<Response>) {
  const sent: { url: string; body: unknown }[] = [];
  const auth = createAuthClient('http://localhost/api/auth', async (input, init) => {
    sent.push({ url: String(input), body: JSON.parse(String(init?.body)) });
    return answer();
  });
  return { auth, sent };
}

const refusal = (status: number, code: string) => () => Response.json({ code, message: 'x' }, { status });

describe('the auth client', () => {
  it('makes accounts, signs in and signs out', async () => {
    const { auth, sent } = start(() => Response.json({}));
    const credentials = { email: 'a@example.com', password: 'long enough' };
    expect(await auth.signUp({ name: 'A', ...credentials })).toBeUndefined();
    expect(await auth.signIn(credentials)).toBeUndefined();
    expect(await auth.signOut()).toBeUndefined();
    expect(sent).toEqual([
      { url: 'http://localhost/api/auth/sign-up/email', body: { name: 'A', ...credentials } },
      { url: 'http://localhost/api/auth/sign-in/email', body: credentials },
      { url: 'http://localhost/api/auth/sign-out', body: {} },
    ]);
  });

  it.each([
    [401, 'INVALID_EMAIL_OR_PASSWORD', 'wrongPassword'],
    [422, 'USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL', 'emailTaken'],
    [400, 'PASSWORD_TOO_SHORT', 'shortPassword'],
    [403, 'EMAIL_NOT_VERIFIED', 'unverified'],
    [429, '', 'tooFast'],
    [500, 'SOMETHING_ELSE', 'unknown'],
  ])('takes %i %s for %s', async (status, code, problem) => {
    const { auth } = start(refusal(status, code));
    expect(await auth.signIn({ email: 'a@example.com', password: 'x' })).toBe(problem);
  });

  it('tells an account that has to confirm its address from one that is signed in', async () => {
    const { auth } = start(() => Response.json({ token: null, user: {} }));
    expect(await auth.signUp({ name: 'A', email: 'a@example.com', password: 'x' })).toBe('unverified');
  });

  it('distinguishes an unreachable server from a broken one', async () => {
    const { auth } = start(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await auth.signOut()).toBe('unreachable');
    expect(await start(() => new Response('<html>', { status: 502 })).auth.signOut()).toBe('unknown');
  });
});
