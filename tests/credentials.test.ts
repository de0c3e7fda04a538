/** Which of several credentials a request acts with, over every transport; and that a faulty one is refused, whatever the cookie. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCaller, type GraphQLAnswer } from './support/api.ts';
import { createKey } from './support/api-keys.ts';
import { openSocket } from './support/socket.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';
import { type Answer, codesIn, transports } from './support/transports.ts';

let app: TestApp;
/** Of the user "cookie", whose browser the requests come from. */
let cookie: string;
/** Of the user "program". */
let token: string;
let [key, otherKey] = ['', ''];

beforeAll(async () => {
  app = await startTestApp();
  cookie = (await signUpAs('cookie')).headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  ({ token } = (await (await signUpAs('program')).json()) as { token: string });
  const program = createCaller(app.url, token);
  key = (await createKey(program)).secret;
  otherKey = (await createKey(program)).secret;
});
afterAll(() => app?.remove());

const signUpAs = (name: string) =>
  fetch(`${app.url}/api/auth/sign-up/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, email: `${name}@example.test`, password: 'correct horse battery' }),
  });

const query = '{ viewer { email } }';
type Send = (headers: Record<string, string>) => Promise<Answer>;
const answerOf = async (answer: Response) => ({ status: answer.status, text: await answer.text() });
const senders: Record<string, Send> = {
  ...Object.fromEntries(
    Object.entries(transports).map(([name, ask]) => [name, (headers) => ask(app.url, { query }, headers)]),
  ),
  GET: async (headers) =>
    answerOf(await fetch(`${app.url}/graphql?query=${encodeURIComponent(query)}`, { headers })),
  multipart: async (headers) => {
    const body = new FormData();
    body.set('operations', JSON.stringify({ query }));
    body.set('map', '{}');
    return answerOf(await fetch(`${app.url}/graphql`, { method: 'POST', headers, body }));
  },
};

/** The name of the user that an answer is for, "anonymous", or the code of the refusal. */
function outcomeOf(answer: Answer): string {
  const [code] = codesIn(answer);
  return (
    code ?? /"email":"(\w+)@/.exec(answer.text)?.[1] ?? (/"viewer":null/.test(answer.text) ? 'anonymous' : '')
  );
}

describe.each(Object.keys(senders))('over %s', (transport) => {
  it.each<[string, string, () => Record<string, string>]>([
    ['the cookie', 'cookie', () => ({})],
    ['the cookie beside the password of a proxy', 'cookie', () => ({ authorization: 'Basic eDp5' })],
    ['a session before the cookie', 'program', () => ({ authorization: `Bearer ${token}` })],
    ['a session that has ended', 'anonymous', () => ({ authorization: 'Bearer ended' })],
    ['a key before a session', 'program', () => ({ 'x-api-key': key, authorization: `Bearer ${token}` })],
    ['a key in both headers', 'program', () => ({ 'x-api-key': key, authorization: `Bearer ${key}` })],
  ])('acts with %s', async (_, user, headers) => {
    expect(outcomeOf(await senders[transport]!({ cookie, ...headers() }))).toBe(user);
  });

  it.each<[string, () => Record<string, string>]>([
    ['an empty x-api-key', () => ({ 'x-api-key': '' })],
    ['an empty x-api-key beside a session', () => ({ 'x-api-key': '', authorization: `Bearer ${token}` })],
    ['an empty Authorization', () => ({ authorization: '' })],
    ['Bearer without a token', () => ({ authorization: 'Bearer ' })],
    ['Bearer without a token beside a key', () => ({ 'x-api-key': key, authorization: 'Bearer' })],
    ['a key without Bearer', () => ({ authorization: key })],
    ['two keys', () => ({ 'x-api-key': key, authorization: `Bearer ${otherKey}` })],
  ])('refuses %s', async (_, headers) => {
    const answer = await senders[transport]!({ cookie, ...headers() });
    expect({ outcome: outcomeOf(answer), status: answer.status ?? 401 }).toEqual({
      outcome: 'UNAUTHENTICATED',
      status: 401,
    });
  });
});

describe('the connectionParams of a WebSocket', () => {
  const ask = async (init: object, headers: Record<string, string> = { cookie }) => {
    const socket = await openSocket(app.url, { headers, init });
    socket.send({ id: '1', type: 'subscribe', payload: { query } });
    const { payload } = await socket.next();
    await socket.close();
    return payload as GraphQLAnswer<object>;
  };
  const outcome = async (...asked: Parameters<typeof ask>) =>
    outcomeOf({ status: undefined, text: JSON.stringify(await ask(...asked)) });

  it.each<[string, () => object]>([
    ['an empty apiKey', () => ({ apiKey: '' })],
    ['apiKey null', () => ({ apiKey: null })],
    ['an apiKey that is no text', () => ({ apiKey: [key] })],
    ['an apiKey that no header may have', () => ({ apiKey: `${key}\n` })],
    ['an empty x-api-key', () => ({ 'X-API-Key': '' })],
    ['two keys', () => ({ apiKey: key, 'x-api-key': otherKey })],
    ['two keys of two kinds', () => ({ apiKey: key, authorization: `Bearer ${otherKey}` })],
    ['an empty authorization', () => ({ authorization: '' })],
    ['an authorization that is no text', () => ({ Authorization: { token } })],
    ['Bearer without a token', () => ({ authorization: 'Bearer ' })],
    ['another scheme', () => ({ authorization: 'Basic eDp5' })],
  ])('are refused with %s, whatever the cookie', async (_, init) => {
    expect(await outcome(init())).toBe('UNAUTHENTICATED');
  });

  it('name what is at fault', async () => {
    expect(JSON.stringify(await ask({ apiKey: '' }))).toContain(
      '`apiKey` of connectionParams holds no credential. Leave it out where there is none.',
    );
  });

  it('take precedence over the headers; other parameters are ignored', async () => {
    expect(await outcome({ apiKey: key })).toBe('program');
    expect(await outcome({ apiKey: key, 'x-api-key': key })).toBe('program');
    expect(await outcome({ apiKey: key }, { cookie, 'x-api-key': 'x' })).toBe('program');
    expect(await outcome({ apiKey: key }, { authorization: `Bearer ${otherKey}` })).toBe('program');
    expect(await outcome({ authorization: `Bearer ${token}` }, { 'x-api-key': 'x' })).toBe('program');
    expect(await outcome({ authorization: `Bearer ${token}` })).toBe('program');
    expect(await outcome({ constructor: 7, locale: '' })).toBe('cookie');
  });
});
