/** `npm run admin` as an operator runs it: beside a running server, and on the folder of a stopped one. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type App, startApp } from '../server/app.ts';
import { readConfig } from '../server/config/config.ts';
import { createLogger } from '../server/lib/logger.ts';
import { type Caller, createCaller, credits, signUp } from './support/api.ts';
import { account } from './support/operators.ts';
import { type InstallationFiles, prepareInstallation } from './support/installation.ts';

let installation: InstallationFiles;
let app: App;
let user: Caller;
let email: string;

const start = async () => {
  app = await startApp(readConfig(installation.variables), createLogger('fatal'));
};

beforeAll(async () => {
  installation = await prepareInstallation({});
  await start();
  user = await signUp(app.url);
  ({ email } = await account(user));
});
afterAll(async () => {
  await app?.close();
  await installation?.remove();
});

async function admin(...args: string[]) {
  const { dataDir, variables } = installation;
  const script = path.join(import.meta.dirname, '../server/admin-command.ts');
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    cwd: dataDir,
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: dataDir,
      ...(variables['DATABASE_URL'] && { DATABASE_URL: variables['DATABASE_URL'] }),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { out, error, code: code as number };
}

it('acts on a running installation, each grant once for its key', async () => {
  const grant = ['credits', 'grant', email, '30', '--reason', 'For the test', '--key', 'payment-1'];
  const first = await admin(...grant);
  expect(first).toMatchObject({ code: 0, error: '' });
  expect(first.out).toMatch(/user\.credits +50\n/);
  expect(await admin(...grant)).toEqual(first);
  expect(await credits(user)).toBe(50);
  expect(await admin('credits', 'take-back', email, '51', '--reason', 'Too much')).toEqual({
    code: 1,
    out: '',
    error: 'INSUFFICIENT_CREDITS: The balance is 50 credits, so 51 cannot be taken back.\n',
  });
  const trail = JSON.parse((await admin('audit', 'list', '--json')).out) as { nodes: object[] };
  expect(trail.nodes).toMatchObject([
    { operator: 'command', action: 'credits.grant', details: { key: 'payment-1' } },
  ]);
});

it('disables and enables a user of a running installation', async () => {
  expect((await admin('users', 'disable', email)).out).toMatch(/disabledAt +\d{4}-/);
  expect(await user.ask('{ viewer { id } }')).toEqual({ viewer: null });
  expect((await admin('users', 'enable', email)).out).toMatch(/disabledAt +-\n/);
  expect((await admin('users', 'list')).out).toContain(email);
});

it('gives the command no more than what is for operators', async () => {
  const { createOperatorToken, operatorSecrets } = await import('../server/admin/operator-token.ts');
  const { readSecret } = await import('../server/data-dir.ts');
  const token = createOperatorToken(
    operatorSecrets({ current: await readSecret(installation.dataDir), accepted: [] }).current,
  );
  const isEmbedded = installation.variables['DATABASE_URL'] === undefined;
  const refusal = (query: string) => createCaller(app.url, token).refusal(query);
  // With PostgreSQL the server knows no such token.
  expect(await refusal('{ users { totalCount } }')).toBe(isEmbedded ? '' : 'UNAUTHENTICATED');
  expect(await refusal('{ viewer { id } }')).toBe(isEmbedded ? 'FORBIDDEN' : '');
});

it('copies the database for nothing but the command', async () => {
  for (const authorization of ['', `Bearer ${user.token}`, 'Bearer psop_9999999999999.x']) {
    const request = { method: 'POST', headers: { authorization } };
    const { status } = await fetch(`${app.url}/operator/database-copy`, request);
    const isEmbedded = installation.variables['DATABASE_URL'] === undefined;
    // With PostgreSQL there is no such path.
    expect(isEmbedded ? status === 401 : status >= 400, String(status)).toBe(true);
  }
  expect((await readdir(installation.dataDir)).filter((name) => name.includes('copy'))).toEqual([]);
});

it('acts while no server runs, and the next one starts with it', async () => {
  await app.close();
  expect(await admin('users', 'make-admin', email)).toMatchObject({ code: 0, error: '' });
  expect((await admin('users', 'show', email)).out).toMatch(/role +ADMIN\n/);
  await start();
  const { token } = (await (
    await fetch(`${app.url}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email, password: 'correct horse battery' }),
    })
  ).json()) as { token: string };
  expect((await account(createCaller(app.url, token))).role).toBe('ADMIN');
});
