/** Secrets of webhook endpoints after AUTH_SECRET was replaced: those that are encrypted again, and those that are lost. */
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, startApp } from '../server/app.ts';
import { readConfig } from '../server/config/config.ts';
import { createCaller, signUp } from './support/api.ts';
import { examined } from './support/doctor.ts';
import { type InstallationFiles, prepareInstallation } from './support/installation.ts';
import { openScriptedServer, type ScriptedServer } from './support/scripted-server.ts';
import { createEndpoint, testEndpoint } from './support/webhooks.ts';

const [first, second, third] = ['first', 'second', 'third'].map(
  (name) => `the ${name} secret of 32 letters and more`,
) as [string, string, string];

let installation: InstallationFiles;
let receiver: ScriptedServer;
beforeAll(async () => {
  receiver = await openScriptedServer();
  receiver.answer(() => ({ status: 204, body: '' }));
  installation = await prepareInstallation({ WEBHOOK_ORIGINS: receiver.url });
});
afterAll(async () => {
  await installation?.remove();
  await receiver?.close();
});

const variables = (current: string, accepted = '') => ({
  ...installation.variables,
  AUTH_SECRET: current,
  AUTH_SECRETS_ACCEPTED: accepted,
});

/** A started app, and what it logs of secrets, with a promise of the next line of that kind. */
async function start(env: Record<string, string>, options: Parameters<typeof startApp>[2] = {}) {
  const lines: string[] = [];
  let waiting = Promise.withResolvers<string>();
  const write = (fields: object, message: string) => {
    if (!/secret/i.test(message)) return;
    lines.push(`${(fields as { count?: number }).count}: ${message}`);
    waiting.resolve(lines.at(-1)!);
    waiting = Promise.withResolvers();
  };
  const app: App = await startApp(readConfig(env), { info: write, warn: write, error: write }, options);
  return { app, lines, next: () => waiting.promise };
}

it('are encrypted again by the housekeeping, reported where they are lost, and replaced by a rotation', async () => {
  const before = await start(variables(first));
  const { token } = await signUp(before.app.url);
  const { id } = await createEndpoint(createCaller(before.app.url, token), receiver.url);
  await before.app.close();

  const changed = await start(variables(second, first), { housekeepingMs: 20 });
  expect(changed.lines[0] ?? (await changed.next())).toMatch(/^1: encrypted secrets of webhook endpoints/);
  await changed.app.close();
  // The start counts before the app is closed.
  const finished = await start(variables(second));
  await finished.app.close();
  expect(finished.lines).toEqual([]);
  expect((await examined(variables(second)))['webhook secrets']).toBe('ok: All can be read.');

  const lost = /^warning: The secrets of 1 webhook endpoint.* AUTH_SECRETS_ACCEPTED.* rotate/;
  expect((await examined(variables(third)))['webhook secrets']).toMatch(lost);
  expect((await examined(variables(third, second)))['webhook secrets']).toMatch(/^ok/);
  const started = await start(variables(third));
  expect(started.lines[0] ?? (await started.next())).toMatch(/^1: The secrets of 1 webhook endpoint/);
  await started.app.close();
  const { app, lines, next } = await start(variables(third), { housekeepingMs: 20 });
  try {
    expect(lines[0] ?? (await next())).toMatch(/^1: The secrets of 1 webhook endpoint/);
    // Of the housekeeping.
    expect(await next()).toMatch(/^1: The secrets of 1 webhook endpoint/);
    const caller = createCaller(app.url, token);
    const { rotateWebhookSecret } = await caller.ask<{ rotateWebhookSecret: { secret: string } }>(
      'mutation ($id: ID!) { rotateWebhookSecret(id: $id) { secret } }',
      { id },
    );
    await testEndpoint(caller, id);
    await receiver.received(1);
    const { body, headers } = receiver.requests[0]!;
    new Webhook(rotateWebhookSecret.secret).verify(body.toString(), headers as Record<string, string>);
  } finally {
    await app.close();
  }
});
