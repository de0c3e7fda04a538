import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { createRateLimiter } from '../lib/rate-limiter.ts';
import { type Auth, createAuth } from './session.ts';
import { digestOf, digestOldTokens } from './session-tokens.ts';

const publicUrl = 'http://localhost:4000';
let database: TestDatabase;
let auth: Auth;
beforeAll(async () => {
  database = await openTestDatabase();
  auth = createAuth({
    prisma: database.prisma,
    clock: database.clock,
    secrets: { current: 'a secret for tests of 32 letters and more', accepted: [] },
    publicUrl,
    origins: [publicUrl],
    signupCredits: 0,
    requireEmailVerification: false,
    grantWelcome: async () => {},
    makeAdmin: async () => {},
    outgoingMail: { send: () => {} },
    deleteUser: async () => {},
    providers: {},
    signUps: { mode: 'open', check: async () => {}, admit: async () => {}, purge: async () => 0 },
    limiter: createRateLimiter({ perMinute: 100 }),
    mailLimiter: createRateLimiter({ perMinute: 100 }),
    log: { info: () => {}, warn: () => {}, error: () => {} },
  });
});
afterAll(() => database.close());

const password = 'correct horse battery';

async function post(path: string, body: object, token?: string) {
  const headers = { 'Content-Type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await auth.handler(
    new Request(`${publicUrl}/api/auth${path}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  );
  return { status: answer.status, body: (await answer.json()) as { token: string; message?: string } };
}

async function signUp() {
  const email = `${randomUUID()}@example.test`;
  const { body } = await post('/sign-up/email', { name: 'Tester', email, password });
  return { email, token: body.token };
}

const newKey = { name: 'Test', scopes: ['READ'], expiresAt: null, creditLimit: null } as const;
const viewerOf = (token: string) => auth.viewer(new Headers({ authorization: `Bearer ${token}` }));
const storedTokens = async () => (await database.prisma.session.findMany()).map(({ token }) => token);

describe('session tokens', () => {
  it('are stored as digests, and still name their session', async () => {
    const { token } = await signUp();
    expect(await storedTokens()).toContain(digestOf(token));
    expect(await storedTokens()).not.toContain(token);
    // Judged by better-auth first, then read by this project's own lookup.
    expect(await viewerOf(token)).toMatchObject({ id: expect.any(String) });
    expect(await viewerOf(token)).toMatchObject({ id: expect.any(String) });
  });

  it('cannot be replaced by what the database holds', async () => {
    const { token } = await signUp();
    expect(await viewerOf(digestOf(token))).toBeNull();
  });

  it('end with the sign-out', async () => {
    const { token } = await signUp();
    await post('/sign-out', {}, token);
    expect(await storedTokens()).not.toContain(digestOf(token));
    expect(await viewerOf(token)).toBeNull();
  });

  it('from before digests were stored stay valid, and are replaced by housekeeping', async () => {
    const { token } = await signUp();
    const { prisma } = database;
    await prisma.session.update({ where: { token: digestOf(token) }, data: { token } });
    expect(await viewerOf(token)).not.toBeNull();
    expect(await auth.digestOldTokens()).toBe(1);
    expect(await auth.digestOldTokens()).toBe(0);
    expect(await storedTokens()).toContain(digestOf(token));
    expect(await viewerOf(token)).not.toBeNull();
  });

  // Turns red where one statement replaces them all: it exceeds the time limit of statements where they are many.
  it('from before digests were stored are replaced in batches, each once', async () => {
    const { token } = await signUp();
    const { prisma } = database;
    const { userId } = await prisma.session.findUniqueOrThrow({ where: { token: digestOf(token) } });
    const old = Array.from({ length: 12_000 }, (_, index) => `old-${index}`);
    const expiresAt = new Date(Date.now() + 60_000);
    await prisma.session.createMany({ data: old.map((each) => ({ token: each, userId, expiresAt })) });
    const changed: number[] = [];
    const counting = {
      $executeRaw: async (...query: Parameters<typeof prisma.$executeRaw>) => {
        changed.push(await prisma.$executeRaw(...query));
        return changed.at(-1);
      },
    } as unknown as typeof prisma;
    expect(await digestOldTokens(counting)).toBe(old.length);
    expect(changed).toEqual([5_000, 5_000, 2_000]);
    const stored = new Set(await storedTokens());
    expect([...old, token].filter((each) => !stored.has(digestOf(each)))).toEqual([]);
    await prisma.session.deleteMany({ where: { userId } });
  });

  it('are prolonged when they are old enough', async () => {
    const { token } = await signUp();
    const { prisma } = database;
    const where = { token: digestOf(token) };
    await prisma.session.update({ where, data: { expiresAt: new Date(Date.now() + 3_600_000) } });
    expect(await viewerOf(token)).not.toBeNull();
    const { expiresAt } = await prisma.session.findUniqueOrThrow({ where });
    expect(expiresAt.getTime()).toBeGreaterThan(Date.now() + 86_400_000);
  });
});

describe('a new password', () => {
  it('ends every other session, also where the caller does not ask for it, and no API key', async () => {
    const { email, token } = await signUp();
    const { body: other } = await post('/sign-in/email', { email, password });
    const viewer = (await viewerOf(token))!;
    const { secret } = await auth.apiKeys.create(viewer, newKey);
    const changed = await post(
      '/change-password',
      { currentPassword: password, newPassword: 'staple battery horse', revokeOtherSessions: false },
      token,
    );
    expect(changed.status).toBe(200);
    expect(await viewerOf(other.token)).toBeNull();
    expect(await viewerOf(changed.body.token)).not.toBeNull();
    expect(await viewerOf(secret)).toMatchObject({ id: viewer.id });
  });
});

it('leaves an expired API key in place when another is created', async () => {
  const viewer = (await viewerOf((await signUp()).token))!;
  const { id } = await auth.apiKeys.create(viewer, newKey);
  const where = { id };
  await database.prisma.apiKey.update({ where, data: { expiresAt: new Date(Date.now() - 1_000) } });
  // The plugin looks for expired keys when a key is created, at most every 10 s.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
  onTestFinished(() => void vi.useRealTimers());
  await auth.apiKeys.create(viewer, newKey);
  expect(await database.prisma.apiKey.findUnique({ where })).not.toBeNull();
});

describe('a NUL character', () => {
  it.each(['name', 'email', 'password'])('in %s is refused in words', async (field) => {
    const fields = { name: 'Tester', email: `${randomUUID()}@example.test`, password };
    const written = vi.spyOn(globalThis.console, 'error');
    const { status, body } = await post('/sign-up/email', { ...fields, [field]: 'a\0b@example.test' });
    expect(written).not.toHaveBeenCalled();
    expect([status, body.message]).toEqual([400, expect.stringMatching(new RegExp(`${field} holds a NUL`))]);
  });
});

describe('a user', () => {
  const signUpAs = (fields: object) =>
    post('/sign-up/email', { name: 'Tester', email: `${randomUUID()}@example.test`, password, ...fields });

  it.each(['', ' ', 'x'.repeat(101), 'a\nb', 'a\u202eb', '\u200b', '\ud800'])(
    'cannot have the name %j',
    async (name) => {
      const { token } = await signUp();
      const refused = { status: 400, body: { code: 'INVALID_NAME' } };
      expect(await signUpAs({ name })).toMatchObject(refused);
      expect(await post('/update-user', { name }, token)).toMatchObject(refused);
    },
  );

  it('has a name of up to 100 characters, and nothing else beside the address', async () => {
    const { token } = await signUp();
    const name = `${'👩🏽‍🎨'.repeat(20)} Zoë`;
    expect(await post('/update-user', { name: ` ${name} ` }, token)).toMatchObject({ status: 200 });
    expect(await viewerOf(token)).toMatchObject({ account: { name } });
    const image = 'https://example.test/a.png';
    const refused = { status: 400, body: { code: 'INVALID_FIELD' } };
    expect(await signUpAs({ image })).toMatchObject(refused);
    expect(await post('/update-user', { name, image }, token)).toMatchObject(refused);
    expect(await signUpAs({ email: `${'x'.repeat(250)}@example.test` })).toMatchObject({
      status: 400,
      body: { code: 'INVALID_EMAIL' },
    });
    expect(await database.prisma.user.count({ where: { image: { not: null } } })).toBe(0);
  });
});
