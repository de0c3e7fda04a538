/** New keys of a provider by a rolling restart: what runs at the provider goes on, and webhooks signed with either secret count. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { startProvider } from './chaos/support/provider.ts';
import { createCaller, follow, generate, signUp } from './support/api.ts';
import { createMigratedServerDatabase } from './support/databases.ts';
import { reusablePort } from './support/reusable-port.ts';
import { startTestApp } from './support/start-app.ts';

const AUTH_SECRET = 'a secret for tests of 32 letters and more';

/** Replicate in front of the sandbox, with tokens that can be issued and revoked. */
async function openAccount(provider: Awaited<ReturnType<typeof startProvider>>) {
  const { REPLICATE_API_TOKEN: ownToken, REPLICATE_BASE_URL: baseUrl } = provider.env('account');
  const tokens = new Set<string>();
  let refused = 0;
  const server = createServer((request, response) => {
    const pass = async () => {
      const body = await buffer(request);
      if (!tokens.has(request.headers.authorization?.replace('Bearer ', '') ?? '')) {
        refused += 1;
        return response.writeHead(401, { 'Content-Type': 'application/json' }).end('{"detail":"no"}');
      }
      const { 'content-type': contentType, 'cancel-after': cancelAfter } = request.headers;
      const answer = await fetch(baseUrl!.replace(/\/v1$/, '') + request.url, {
        method: request.method!,
        headers: {
          Authorization: `Bearer ${ownToken}`,
          ...(contentType && { 'Content-Type': contentType }),
          ...(typeof cancelAfter === 'string' && { 'Cancel-After': cancelAfter }),
        },
        ...(body.length > 0 && { body }),
      });
      const type = answer.headers.get('content-type') ?? '';
      response
        .writeHead(answer.status, { 'Content-Type': type })
        .end(Buffer.from(await answer.arrayBuffer()));
    };
    pass().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    tokens,
    refused: () => refused,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

it('follows running predictions with the new token, and takes webhooks of the new secret', async () => {
  const database = await createMigratedServerDatabase();
  onTestFinished(() => database.drop());
  const provider = await startProvider({ speed: 1000 });
  onTestFinished(() => provider.close());
  const account = await openAccount(provider);
  onTestFinished(() => account.close());
  account.tokens.add('r8_before').add('r8_after');
  const env = (token: string): Record<string, string> => ({
    ...provider.env('node'),
    DATABASE_URL: database.url,
    AUTH_SECRET,
    REPLICATE_BASE_URL: account.baseUrl,
    REPLICATE_API_TOKEN: token,
  });

  // Until the second node runs, no poll gets an answer.
  let isFollowed = false;
  const created = Promise.withResolvers<void>();
  provider.watch = ({ kind, phase }) => {
    if (kind === 'create' && phase === 'answered') created.resolve();
    return kind !== 'get' || isFollowed;
  };
  const first = await startTestApp(env('r8_before'));
  onTestFinished(() => first.remove());
  const { token } = await signUp(first.url);
  const task = await generate(createCaller(first.url, token), { prompt: 'A running one' });
  await created.promise;

  const webhooks = { ...provider.webhookEnv };
  webhooks.REPLICATE_WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')},${webhooks.REPLICATE_WEBHOOK_SECRET}`;
  // Its public address is one that Replicate would take.
  const port = await reusablePort();
  const secondUrl = `http://127.0.0.1:${port}`;
  const second = await startTestApp({ ...env('r8_after'), ...webhooks, PORT: String(port) });
  onTestFinished(() => second.remove());
  await first.close();
  account.tokens.delete('r8_before');
  isFollowed = true;
  const caller = createCaller(secondUrl, token);
  expect((await follow(caller, task.id)).at(-1)).toMatchObject({ status: 'SUCCESS', refundedCredits: 0 });
  expect(provider.creations('A running one')).toBe(1);
  expect(account.refused()).toBe(0);

  // Without polls only a webhook ends it.
  isFollowed = false;
  provider.receivers = () => [secondUrl];
  const other = await generate(caller, { prompt: 'By webhook' });
  expect((await follow(caller, other.id)).at(-1)).toMatchObject({ status: 'SUCCESS' });
  expect(account.refused()).toBe(0);
});
