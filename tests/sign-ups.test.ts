/** Which accounts can be created: the modes of SIGNUPS, invitations, and the limit of a network. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createInviteService } from '../server/auth/invites.ts';
import { createSignUpGate } from '../server/auth/sign-ups.ts';
import { openTestDatabase, type TestDatabase } from './support/databases.ts';
import { startTestApp } from './support/start-app.ts';

const password = 'correct horse battery';
const tomorrow = () => new Date(Date.now() + 86_400_000);

async function start(env: Record<string, string>) {
  const app = await startTestApp({ TRUSTED_PROXIES: '1', ...env });
  onTestFinished(() => app.remove());
  const signUp = async (address: string, further: object = {}) => {
    const answer = await fetch(`${app.url}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': address },
      body: JSON.stringify({ name: 'Tester', email: `${randomUUID()}@example.test`, password, ...further }),
    });
    const { code } = (await answer.json()) as { code?: string };
    return code ?? answer.status;
  };
  return { app, signUp };
}

it.each(['off', 'on'])(
  'are refused where they are closed, with REQUIRE_EMAIL_VERIFICATION=%s',
  async (required) => {
    const { signUp } = await start({ SIGNUPS: 'closed', REQUIRE_EMAIL_VERIFICATION: required });
    expect(await signUp('203.0.113.1')).toBe('SIGNUPS_CLOSED');
  },
);

it('need an invitation where they do', async () => {
  const { signUp } = await start({ SIGNUPS: 'invite' });
  expect(await signUp('203.0.113.1')).toBe('INVITE_INVALID');
  expect(await signUp('203.0.113.1', { invite: 'x' })).toBe('INVITE_INVALID');
});

it('are limited for each network and day', async () => {
  const { signUp } = await start({ SIGNUPS_PER_ADDRESS_PER_DAY: '2' });
  expect(await signUp('203.0.113.1')).toBe(200);
  expect(await signUp('203.0.113.200')).toBe(200);
  expect(await signUp('203.0.113.3')).toBe('SIGNUPS_LIMITED');
  expect(await signUp('203.0.114.3')).toBe(200);
  for (const expected of [200, 200, 'SIGNUPS_LIMITED'])
    expect(await signUp(`2001:db8:0:1::${randomUUID().slice(0, 4)}`)).toBe(expected);
});

const attempts = Number(process.env['SIGNUP_ATTEMPTS'] ?? 200);

// SIGNUP_ATTEMPTS=1000 makes more.
it(`are limited under ${attempts} attempts from 50 addresses, for each network of them`, async () => {
  const { signUp } = await start({ SIGNUPS_PER_ADDRESS_PER_DAY: '2' });
  const outcomes: Record<string, number> = {};
  for (let round = 0; round < attempts / 50; round += 1)
    await Promise.all(
      Array.from({ length: 50 }, async (_, index) => {
        const outcome = await signUp(`203.0.${index % 10}.${1 + Math.floor(index / 10)}`);
        outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      }),
    );
  console.log(`${attempts} sign-ups from 50 addresses of 10 networks, 2 a network and day:`, outcomes);
  expect(outcomes).toEqual({ 200: 20, SIGNUPS_LIMITED: attempts - 20 });
});

it('do not reveal at the limit whether an address has an account', async () => {
  const { signUp } = await start({ SIGNUPS_PER_ADDRESS_PER_DAY: '1', REQUIRE_EMAIL_VERIFICATION: 'on' });
  const email = 'someone@example.test';
  expect(await signUp('203.0.113.1', { email })).toBe(200);
  expect(await signUp('203.0.113.1', { email })).toBe('SIGNUPS_LIMITED');
  expect(await signUp('203.0.113.1')).toBe('SIGNUPS_LIMITED');
});

describe('on the database', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  const createGate = (mode: 'open' | 'invite') => {
    const { prisma } = database;
    const invites = createInviteService({ prisma, publicUrl: 'https://app.example' });
    return { invites, gate: createSignUpGate({ prisma, mode, perNetworkPerDay: 20, invites }) };
  };
  const outcomeOf = (attempt: Promise<void>) =>
    attempt.then(
      () => 'admitted',
      (error: { body: { code: string } }) => error.body.code,
    );

  it('an invitation lets one account be created, however many try at the same time', async () => {
    const { invites, gate } = createGate('invite');
    const { link } = await invites.create({ expiresAt: tomorrow() });
    const invite = new URL(link).searchParams.get('invite');
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        outcomeOf(gate.admit({ address: `198.51.${index}.1`, invite })),
      ),
    );
    expect(outcomes.filter((outcome) => outcome === 'admitted')).toHaveLength(1);
    expect(new Set(outcomes)).toEqual(new Set(['admitted', 'INVITE_INVALID']));
    expect(JSON.stringify(await invites.list())).not.toContain(invite);
  });

  it('an invitation that has expired or was revoked lets none be created', async () => {
    const { invites, gate } = createGate('invite');
    const codeOf = ({ link }: { link: string }) => new URL(link).searchParams.get('invite');
    const expired = await invites.create({ expiresAt: new Date(Date.now() - 1_000) });
    const revoked = await invites.create({ note: 'For a colleague', expiresAt: tomorrow() });
    expect(await invites.revoke(revoked.id)).toBe(true);
    for (const invite of [codeOf(expired), codeOf(revoked), undefined])
      expect(await outcomeOf(gate.check({ address: '192.0.2.1', invite }))).toBe('INVITE_INVALID');
  });

  // Two gates stand for two nodes: the count is in the database.
  it('300 attempts from 10 networks at the same time are admitted 20 times each, over two nodes', async () => {
    const gates = [createGate('open').gate, createGate('open').gate];
    const outcomes: string[] = [];
    for (let round = 0; round < 6; round += 1)
      outcomes.push(
        ...(await Promise.all(
          Array.from({ length: 50 }, (_, index) => {
            const address = `192.0.${index % 10}.${1 + Math.floor(index / 10)}`;
            return outcomeOf(gates[(round + index) % 2]!.admit({ address, invite: undefined }));
          }),
        )),
      );
    expect(outcomes.filter((outcome) => outcome === 'admitted')).toHaveLength(200);
    expect(outcomes.filter((outcome) => outcome === 'SIGNUPS_LIMITED')).toHaveLength(100);
  });

  it('counts of past days are deleted', async () => {
    const { prisma } = database;
    const { gate } = createGate('open');
    await prisma.signUpCount.deleteMany();
    await gate.admit({ address: '192.0.2.1', invite: undefined });
    await prisma.signUpCount.create({ data: { network: 'old', day: new Date('2026-01-01'), count: 3 } });
    expect(await gate.purge()).toBe(1);
    expect(await prisma.signUpCount.findMany()).toMatchObject([{ network: '192.0.2.0/24', count: 1 }]);
  });
});
