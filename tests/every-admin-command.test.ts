/** Every command of `npm run admin` that is an operation of the API: through the running server, and without one. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commands } from '../server/admin/command/commands.ts';
import { type Execute, runCommand } from '../server/admin/command/run.ts';
import { type App, startApp } from '../server/app.ts';
import { readConfig } from '../server/config/config.ts';
import { createLogger } from '../server/lib/logger.ts';
import { withOperatorConnection } from '../server/commands/connection.ts';
import { follow, generate, signUp } from './support/api.ts';
import { type InstallationFiles, prepareInstallation } from './support/installation.ts';
import { account } from './support/operators.ts';
import { createEndpoint } from './support/webhooks.ts';

/** In this order, with what each prints. `<name>` stands for something of `prepare`. */
const lines: [line: string, printed: RegExp][] = [
  ['users list', /^email +name .*\n<email> +Tester +USER +12 /m],
  ['users show <email>', /taskCount +4\n/],
  ['users make-admin <email>', /role +ADMIN\n/],
  ['users remove-admin <email>', /role +USER\n/],
  ['users reset-link <email>', /^link +http:\/\/\S+\/reset-password\?token=operator_\S{24}\nexpiresAt +20/],
  [
    'users invite --note Ada --days 3',
    /^link +http:\/\/\S+\/\?invite=\S{24}\ninvite\.id +<invite>\ninvite\.note +Ada\n/,
  ],
  ['users invites', /^createdAt +expiresAt .*\n20.* - +Ada +<invite>$/m],
  ['users revoke-invite <invite>', /^revokedId +<invite>$/],
  ['credits grant <email> 5 --reason Gift', /user\.credits +17\n/],
  ['credits take-back <email> 4 --reason Mistake', /user\.credits +13\n/],
  ['credits usage <email>', /^charged +8\nrefunded +0\ngranted +25\ntakenBack +4\ncharges +4$/],
  ['credits usage --from 2020-01-01 --to 2020-02-01', /^charged +0\n/],
  ['tasks list --user <user>', /SUCCESS +replicate/],
  ['tasks cancel <canceled>', /status +CANCELED\n/],
  ['tasks fail <failed>', /failureCode +INTERNAL\n/],
  ['tasks redrive <redriven>', /dueAt +20/],
  ['webhooks list', /^origin .*\nhttps:\/\/hooks\.example +true .* <email> +<endpoint>$/m],
  ['webhooks disable <endpoint>', /enabled +false\n/],
  ['webhooks list --failing --user <user>', /https:\/\/hooks\.example +false /],
  ['webhooks enable <endpoint>', /enabled +true\n/],
  ['webhooks show <endpoint>', /origin +https:\/\/hooks\.example\n/],
  ['storage show', /^source +images +bytes\nUPLOAD +0 +0\nIMPORT +0 +0\nTASK +1 +[1-9]\d+$/],
  ['storage show --user <email>', /\nTASK +1 +[1-9]\d+$/],
  ['config print', /^DATA_DIR +\S/m],
  ['sessions end <email>', /^endedSessions +1$/],
  ['users disable <email>', /disabledAt +20/],
  ['users enable <email>', /disabledAt +-$/],
  ['audit list --limit 1', /command +users\.enable/],
  ['users delete <email> --yes', /^deletedId +\S+$/],
];

let installation: InstallationFiles;
let app: App | undefined;
const config = () => readConfig(installation.variables);

beforeAll(async () => {
  installation = await prepareInstallation({});
});
afterAll(async () => {
  await app?.close();
  await installation?.remove();
});

/** What the commands name, of a new user. */
async function prepare(url: string): Promise<Record<string, string>> {
  const user = await signUp(url);
  await follow(user, (await generate(user)).id);
  const [canceled, failed, redriven] = await Promise.all(
    Array.from({ length: 3 }, () => generate(user, { prompt: 'Dunes sandbox:queued=9999' })),
  );
  const { id: endpoint } = await createEndpoint(user, 'https://hooks.example/secret');
  const { id, email } = await account(user);
  const tasks = { canceled: canceled!.id, failed: failed!.id, redriven: redriven!.id };
  return { ...tasks, endpoint, email, user: id };
}

async function runAll(execute: Execute, names: Record<string, string | undefined>): Promise<void> {
  const filled = (text: string, escape = (value: string) => value) =>
    text.replaceAll(/<(\w+)>/g, (_, name: string) => escape(names[name] ?? ''));
  for (const [line, printed] of lines) {
    const answer = { line, out: '', error: '' };
    await runCommand(filled(line).split(' '), {
      connected: (work) => work(execute),
      localWorks: {} as never,
      print: (text) => (answer.out += text),
      printError: (text) => (answer.error += text),
    });
    names['invite'] ??= /invite\.id +(\S+)/.exec(answer.out)?.[1];
    const out = new RegExp(filled(printed.source, RegExp.escape), printed.flags);
    expect(answer).toEqual({ line, out: expect.stringMatching(out), error: '' });
  }
}

const pictures = async () =>
  (await readdir(path.join(installation.dataDir, 'pictures'), { recursive: true })).filter((name) =>
    /\.(webp|png|jpe?g)$/.test(name),
  );

it('has an example of each command', () => {
  const all = Object.entries(commands).flatMap(([noun, verbs]) =>
    Object.entries(verbs).flatMap(([verb, command]) => ('document' in command ? [`${noun} ${verb}`] : [])),
  );
  const shown = lines.map(([line]) => line.split(' ').slice(0, 2).join(' '));
  expect([...new Set(shown)].toSorted()).toEqual(all.toSorted());
});

it.each([
  ['a server runs', true],
  ['none does', false],
])('works while %s', async (_, isRunning) => {
  app = await startApp(config(), createLogger('fatal'));
  const names = await prepare(app.url);
  if (!isRunning) await app.close();
  await withOperatorConnection(config(), (execute) => runAll(execute, names));
  await expect.poll(pictures).toEqual([]);
  if (isRunning) await app.close();
  app = undefined;
});
