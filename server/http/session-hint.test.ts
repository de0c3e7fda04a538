import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withSessionHint } from './session-hint.ts';

let server: Server;
let url: string;

beforeAll(async () => {
  const serve = withSessionHint((_, response) => void response.end('page'));
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => void server.close());

describe('the hint of a session', () => {
  it.each([
    { cookie: '', sets: null },
    { cookie: 'other=1', sets: null },
    { cookie: 'better-auth.session_token=a.b', sets: 'proofsheet.signed-in=1; Path=/; SameSite=Lax' },
    {
      cookie: 'x=y; __Secure-better-auth.session_token=a.b',
      sets: 'proofsheet.signed-in=1; Path=/; SameSite=Lax',
    },
    { cookie: 'better-auth.session_token=a.b; proofsheet.signed-in=1', sets: null },
    { cookie: 'proofsheet.signed-in=1', sets: 'proofsheet.signed-in=; Max-Age=0; Path=/; SameSite=Lax' },
  ])('follows the cookies: "$cookie"', async ({ cookie, sets }) => {
    const response = await fetch(url, { headers: { cookie } });
    expect(await response.text()).toBe('page');
    expect(response.headers.get('set-cookie')).toBe(sets);
  });
});
