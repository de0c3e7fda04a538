/** Credits of operators: granted and taken back once for each key, by sessions and by ADMIN keys. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Caller, createCaller, credits, signUp } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { account, grantDocument, type Granted, startWithOperator, trail } from './support/operators.ts';
import type { TestApp } from './support/start-app.ts';

let app: TestApp;
let operator: Caller;
beforeAll(async () => {
  ({ app, operator } = await startWithOperator({ SIGNUP_CREDITS: '20' }));
});
afterAll(() => app?.remove());

const inputFor = async (user: Caller, input: object) => ({
  user: (await account(user)).id,
  amount: 100,
  reason: '100 credits',
  idempotencyKey: randomUUID(),
  ...input,
});
const grant = async (caller: Caller, input: object) =>
  (await caller.ask<{ grantCredits: Granted }>(grantDocument, { input })).grantCredits;

/** Of the metrics. */
async function countGranted(): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return Number(/^proofsheet_credits_total\{kind="GRANT"\} (\d+)$/m.exec(text)![1]);
}

it('grants by an ADMIN key, once for the key of a payment', async () => {
  const [user, { secret }] = await Promise.all([signUp(app.url), createKey(operator, { scopes: ['ADMIN'] })]);
  const shop = createCaller(app.url, secret);
  const { email } = await account(user);
  const input = { email, amount: 100, reason: '100 credits', idempotencyKey: `cs_${randomUUID()}` };
  const before = await countGranted();
  const answers = await Promise.all(Array.from({ length: 10 }, () => grant(shop, input)));
  expect((await countGranted()) - before).toBe(100);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]).toMatchObject({
    user: { email, credits: 120 },
    entry: { kind: 'GRANT', amount: 100, balanceAfter: 120, reason: '100 credits' },
  });
  expect(await credits(user)).toBe(120);
  const entries = (await account(user)).creditEntries.nodes;
  expect(entries.map(({ kind, amount }) => [kind, amount])).toEqual([
    ['GRANT', 100],
    ['GRANT', 20],
  ]);
  const actions = (await trail(operator)).filter(({ details }) => details['key'] === input.idempotencyKey);
  expect(actions).toMatchObject([
    { action: 'credits.grant', details: { amount: 100, reason: '100 credits' }, target: answers[0]!.user.id },
  ]);
  expect(Buffer.from(actions[0]!.operator, 'base64').toString()).toMatch(/^ApiKey:/);
});

describe('a key that has granted', () => {
  it.each([
    ['another amount', { amount: 101 }],
    ['another reason', { reason: 'Something else' }],
  ])('is refused with %s', async (_, other) => {
    const user = await signUp(app.url);
    const input = await inputFor(user, {});
    await grant(operator, input);
    expect(await operator.refusal(grantDocument, { input: { ...input, ...other } })).toBe(
      'IDEMPOTENCY_CONFLICT input.idempotencyKey',
    );
    expect(await credits(user)).toBe(120);
  });

  it('is refused for another user', async () => {
    const [user, other] = [await signUp(app.url), await signUp(app.url)];
    const input = await inputFor(user, {});
    await grant(operator, input);
    expect(
      await operator.refusal(grantDocument, {
        input: await inputFor(other, { ...input, user: undefined, email: (await account(other)).email }),
      }),
    ).toBe('IDEMPOTENCY_CONFLICT input.idempotencyKey');
    expect(await credits(other)).toBe(20);
  });

  it('answers as before once the balance no longer covers it', async () => {
    const user = await signUp(app.url);
    const input = await inputFor(user, { amount: -20 });
    const taken = await grant(operator, input);
    expect(await grant(operator, input)).toEqual(taken);
    expect(await credits(user)).toBe(0);
  });
});

it('takes credits back as an ADJUSTMENT, to a balance of 0 and not below', async () => {
  const user = await signUp(app.url);
  expect(
    await grant(operator, await inputFor(user, { amount: -15, reason: 'Refunded payment' })),
  ).toMatchObject({
    user: { credits: 5 },
    entry: { kind: 'ADJUSTMENT', amount: -15, balanceAfter: 5 },
  });
  const input = await inputFor(user, { amount: -6 });
  expect(await operator.refusal(grantDocument, { input })).toBe('INSUFFICIENT_CREDITS input.amount');
  expect(await grant(operator, { ...input, amount: -5 })).toMatchObject({ user: { credits: 0 } });
});

it('never takes back more than there is, however many do so at the same time', async () => {
  const user = await signUp(app.url);
  const inputs = await Promise.all(Array.from({ length: 10 }, () => inputFor(user, { amount: -3 })));
  const answers = await Promise.all(inputs.map((input) => operator.post(grantDocument, { input })));
  expect(answers.filter(({ errors }) => !errors)).toHaveLength(6);
  expect(await credits(user)).toBe(2);
});

it.each([
  ['no user', { user: undefined }, 'INVALID_INPUT input.user'],
  ['user and email', { email: 'operator@example.test' }, 'INVALID_INPUT input.user'],
  ['an unknown email', { user: undefined, email: 'unknown@example.test' }, 'NOT_FOUND input.email'],
  ['an id of another type', { user: Buffer.from('Task:x').toString('base64') }, 'NOT_FOUND input.user'],
  ['no amount', { amount: 0 }, 'INVALID_INPUT input.amount'],
  ['an amount beyond the largest balance', { amount: 2_147_483_647 }, 'INVALID_INPUT input.amount'],
  ['an empty reason', { reason: ' ' }, 'INVALID_INPUT input.reason'],
  ['a reason with a NUL character', { reason: 'a\0' }, 'INVALID_INPUT input.reason'],
  ['an empty key', { idempotencyKey: '' }, 'INVALID_INPUT input.idempotencyKey'],
])('refuses %s', async (_, other, refusal) => {
  const user = await signUp(app.url);
  const input = await inputFor(user, other);
  expect(await operator.refusal(grantDocument, { input })).toBe(refusal);
  expect(await credits(user)).toBe(20);
});
