/** Which callers may use which root field: every kind of credentials against the access that each field declares. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Access } from '../server/graphql/access.ts';
import { operatorFields } from './support/operators.ts';
import {
  type Caller,
  createCaller,
  credits,
  follow,
  generate,
  generateVariables,
  signUp,
} from './support/api.ts';
import { createKey, keysOf, revoke } from './support/api-keys.ts';
import { type RootField, rootFields } from './support/root-fields.ts';
import { startWithOperator } from './support/operators.ts';
import type { TestApp } from './support/start-app.ts';
import { codesIn, transports } from './support/transports.ts';

const refusals = ['UNAUTHENTICATED', 'FORBIDDEN', 'INSUFFICIENT_CREDITS'];

let app: TestApp;
let admin: Caller;
beforeAll(async () => {
  ({ app, operator: admin } = await startWithOperator());
});
afterAll(() => app?.remove());

describe('each root field', () => {
  /** What callers of each kind are answered, by the access that the field declares. */
  const outcomes: Record<string, (access: Access) => string> = {
    anonymous: refusedFor('UNAUTHENTICATED', 'read', 'write', 'charge', 'session', 'operator'),
    session: refusedFor('FORBIDDEN', 'operator'),
    READ: refusedFor('FORBIDDEN', 'write', 'charge', 'session', 'operator'),
    WRITE: refusedFor('FORBIDDEN', 'optional', 'read', 'session', 'operator'),
    'READ and WRITE': refusedFor('FORBIDDEN', 'session', 'operator'),
    'over its credit limit': (access) =>
      access === 'charge'
        ? 'INSUFFICIENT_CREDITS'
        : ['session', 'operator'].includes(access)
          ? 'FORBIDDEN'
          : 'allowed',
    'session of an operator': () => 'allowed',
    'READ and WRITE of an operator': refusedFor('FORBIDDEN', 'session', 'operator'),
    'ADMIN of an operator': refusedFor('FORBIDDEN', 'optional', 'read', 'write', 'charge', 'session'),
    'ADMIN of a former operator': refusedFor(
      'FORBIDDEN',
      'optional',
      'read',
      'write',
      'charge',
      'session',
      'operator',
    ),
    revoked: () => 'UNAUTHENTICATED',
    expired: () => 'UNAUTHENTICATED',
    malformed: () => 'UNAUTHENTICATED',
  };
  const credentials: Record<string, Record<string, string>> = {};
  /** Variables with which the fields charge credits, unless the caller has too few. */
  const charging: Record<string, Record<string, unknown>> = { 'Mutation.generateImage': generateVariables() };
  let caller: Caller;

  beforeAll(async () => {
    caller = await signUp(app.url);
    const key = async (input: object) => (await createKey(caller, input)).secret;
    const ended = await createKey(caller);
    await revoke(caller, ended.apiKey.id);
    const expired = await key({ name: 'Expired', expiresAt: new Date(Date.now() + 3_000).toISOString() });
    const secrets = {
      READ: await key({ scopes: ['READ'] }),
      WRITE: await key({ scopes: ['WRITE'] }),
      'READ and WRITE': await key({}),
      'over its credit limit': await key({ creditLimit: 2 }),
      revoked: ended.secret,
      expired,
      malformed: 'psk_x',
    };
    credentials['anonymous'] = {};
    credentials['session'] = { authorization: `Bearer ${caller.token}` };
    for (const [kind, secret] of Object.entries(secrets)) credentials[kind] = { 'x-api-key': secret };
    const setRole = (role: string) =>
      admin.ask(`mutation { setUserRole(email: "former@example.test", role: ${role}) { user { id } } }`);
    const former = await signUp(app.url, { email: 'former@example.test' });
    await setRole('ADMIN');
    credentials['session of an operator'] = { authorization: `Bearer ${admin.token}` };
    credentials['READ and WRITE of an operator'] = { 'x-api-key': (await createKey(admin)).secret };
    credentials['ADMIN of an operator'] = {
      'x-api-key': (await createKey(admin, { scopes: ['ADMIN'] })).secret,
    };
    credentials['ADMIN of a former operator'] = {
      'x-api-key': (await createKey(former, { scopes: ['ADMIN'] })).secret,
    };
    await setRole('USER');
    const { id } = await generate(createCaller(app.url, secrets['over its credit limit']));
    charging['Mutation.retryTask'] = { id };
    // A failed task would be refunded.
    expect((await follow(caller, id)).at(-1)?.status).toBe('SUCCESS');
    const refusal = () => createCaller(app.url, expired).refusal('{ __typename }');
    await vi.waitFor(async () => expect(await refusal()).toBe('UNAUTHENTICATED'), 15_000);
    // A new key deletes none that has expired.
    await key({});
    expect((await keysOf(caller)).map(({ name }) => name)).toContain('Expired');
  });

  it.each(rootFields.map((field) => [field.name, field] as const))('%s', async (_, field) => {
    const balance = await credits(caller);
    for (const [kind, expected] of Object.entries(outcomes)) {
      const variables = (kind === 'over its credit limit' && charging[field.name]) || field.variables;
      const text = await ask({ ...field, variables }, credentials[kind]!);
      const codes = codesIn({ status: undefined, text });
      const refusal = codes.find((code) => refusals.includes(code));
      expect({ kind, outcome: refusal ?? 'allowed' }).toEqual({ kind, outcome: expected(field.access) });
      expect(codes).not.toContain('INTERNAL');
    }
    expect(await credits(caller)).toBe(balance);
  });

  // A matrix that follows from the declarations would not find these faults in them.
  it('declares that mutations need WRITE or a session, that nothing else needs WRITE, and which of them charge', () => {
    const needsWrite = ({ access }: RootField) => ['write', 'charge', 'session'].includes(access);
    const ofUsers = rootFields.filter(({ access }) => access !== 'operator');
    expect(ofUsers.filter((field) => (field.kind === 'mutation') !== needsWrite(field))).toEqual([]);
    const ofOperators = rootFields.filter(({ access }) => access === 'operator').map(({ name }) => name);
    expect(ofOperators.toSorted()).toEqual(operatorFields.toSorted());
    const charge = rootFields.filter(({ access }) => access === 'charge').map(({ name }) => name);
    expect(charge).toEqual(['Mutation.generateImage', 'Mutation.retryTask']);
  });

  it('Viewer.apiKeys, for a session only', async () => {
    const caller = createCaller(app.url, undefined, credentials['READ and WRITE']);
    expect(await caller.refusal('{ viewer { apiKeys { id } } }')).toBe('FORBIDDEN');
  });

  function refusedFor(code: string, ...refused: Access[]) {
    return (access: Access) => (refused.includes(access) ? code : 'allowed');
  }
  async function ask({ kind, query, variables, takesFile }: RootField, headers: Record<string, string>) {
    if (!takesFile)
      return (
        await transports[kind === 'subscription' ? 'SSE' : 'HTTP'](app.url, { query, variables }, headers)
      ).text;
    const form = new FormData();
    form.set('operations', JSON.stringify({ query, variables }));
    form.set('map', JSON.stringify({ 0: ['variables.file'] }));
    form.set('0', new File(['x'], 'x.png', { type: 'image/png' }));
    return (await fetch(`${app.url}/graphql`, { method: 'POST', headers, body: form })).text();
  }
});
