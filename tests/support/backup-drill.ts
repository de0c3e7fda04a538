/** The drill: a backup under load, restored elsewhere, where everything goes on. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { startApp } from '../../server/app.ts';
import { readConfig } from '../../server/config/config.ts';
import { auditInstallation } from '../../server/installation-audit.ts';
import { createLogger } from '../../server/lib/logger.ts';
import { createKey } from './api-keys.ts';
import { type Caller, createCaller, credits, follow, generate, signUp, type TaskData } from './api.ts';
import { createServerDatabase, layMigratedDatabase } from './databases.ts';
import { drawPicture } from './pictures.ts';

/** Where an installation is, as environment variables. */
export interface Place {
  variables: Record<string, string>;
}

/** An empty installation, removed after the test. @param options.isNew without a database, as before the first start */
export async function embeddedPlace(options = { isNew: false }): Promise<Place> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'proofsheet-'));
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
  if (!options.isNew) await layMigratedDatabase(path.join(dataDir, 'database'));
  return { variables: { DATA_DIR: dataDir } };
}

/** As `embeddedPlace`, on the server of TEST_DATABASE_URL, without tables. */
export async function serverPlace(secret: string): Promise<Place> {
  const { variables } = await embeddedPlace({ isNew: true });
  const { url, drop } = await createServerDatabase();
  onTestFinished(drop);
  return { variables: { ...variables, DATABASE_URL: url, AUTH_SECRET: secret } };
}

/** Runs `npm run admin` as its user would. */
export async function admin({ variables }: Place, ...args: string[]) {
  const script = path.join(import.meta.dirname, '../../server/admin-command.ts');
  return run(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], variables);
}

/** As `admin`, in a shell that lets no file grow beyond so many KiB: as on a full disk. */
export async function adminOnFullDisk(kibibytes: number, { variables }: Place, ...args: string[]) {
  const script = path.join(import.meta.dirname, '../../server/admin-command.ts');
  const command = `ulimit -f ${kibibytes} && exec "$@"`;
  return run('bash', ['-c', command, 'bash', process.execPath, script, ...args], variables);
}

async function run(command: string, args: string[], variables: Record<string, string>) {
  const child = spawn(command, args, {
    cwd: variables['DATA_DIR'],
    env: { PATH: process.env['PATH'], ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, error, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { out, error, code: code as number | null };
}

export const start = ({ variables }: Place, further: Record<string, string> = {}) =>
  startApp(
    readConfig({
      PORT: '0',
      SANDBOX_SPEED: '40',
      POLL_INTERVAL_MS: '50',
      SIGNUP_CREDITS: '1000',
      ...variables,
      ...further,
    }),
    createLogger('fatal'),
  );

const email = 'ada@example.test';
/** Two servers and two commands start. */
const drillTimeoutMs = 240_000;

interface ListedTask {
  id: string;
  status: string;
  images: { id: string; url: string }[];
}

/** All tasks of the caller, newest first. */
async function listTasks(caller: Caller): Promise<ListedTask[]> {
  const tasks: ListedTask[] = [];
  for (let after: string | null = null; ;) {
    const { viewer }: Listed = await caller.ask<Listed>(
      `query ($after: String) { viewer { tasks(first: 50, after: $after) {
        nodes { id status images { id url } } pageInfo { hasNextPage endCursor } } } }`,
      { after },
    );
    tasks.push(...viewer.tasks.nodes);
    if (!viewer.tasks.pageInfo.hasNextPage) return tasks;
    after = viewer.tasks.pageInfo.endCursor;
  }
}

interface Listed {
  viewer: { tasks: { nodes: ListedTask[]; pageInfo: { hasNextPage: boolean; endCursor: string | null } } };
}

/** SHA-256 of the bytes of each image, by its id. */
async function hashes(tasks: ListedTask[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { id, url } of tasks.flatMap(({ images }) => images)) {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    found[id] = createHash('sha256')
      .update(Buffer.from(await response.arrayBuffer()))
      .digest('hex');
  }
  return found;
}

/** @param places.to Opens the place to restore into; the secret is that of the backed-up installation. */
export function itRestoresUnderLoad(
  name: string,
  places: {
    from: () => Promise<Place>;
    to: (readSecret: () => Promise<string>) => Promise<Place>;
  },
) {
  it(name, { timeout: drillTimeoutMs }, async () => {
    const from = await places.from();
    const file = path.join(from.variables['DATA_DIR']!, 'backup.tar');
    // Slow enough for tasks to be unfinished in the backup.
    const source = await start(from, { SANDBOX_SPEED: '2' });
    let ada: Caller;
    let secret: string;
    let before: Record<string, string>;
    try {
      ada = await signUp(source.url, { email });
      ({ secret } = await createKey(ada));
      const first = await generate(ada);
      await follow(ada, first.id);
      const upload = await ada.upload(await drawPicture().png().toBuffer());
      expect(upload.errors).toBeUndefined();

      const load = new AbortController();
      const makeTasks = async (task: TaskData): Promise<void> => {
        await follow(ada, task.id);
        if (!load.signal.aborted) await makeTasks(await generate(ada));
      };
      const begun = await Promise.all([generate(ada), generate(ada), generate(ada)]);
      const loading = Promise.all(begun.map(makeTasks));
      const created = await admin(from, 'backup', 'create', file).finally(() => load.abort());
      await loading;
      expect(created).toMatchObject({ code: 0, out: expect.stringMatching(/faults +0\n/) });
      before = await hashes(await listTasks(ada));
    } finally {
      await source.close();
    }
    expect(await readEntry(file, 'tables/Task.ndjson')).toMatch(/"status":"(PENDING|PROCESSING)"/);

    const to = await places.to(() => readEntry(file, 'secret'));
    const restored = await admin(to, 'backup', 'restore', file);
    expect(restored).toMatchObject({ code: 0, out: expect.stringMatching(/rulesThatHold +\d+\n/) });

    const target = await start(to);
    try {
      const session = createCaller(target.url, ada.token);
      const tasks = await listTasks(session);
      expect(tasks.map(({ status }) => status)).toContain('SUCCESS');
      const unfinished = tasks.filter(({ status }) => status === 'PENDING' || status === 'PROCESSING');
      for (const { id } of unfinished) await follow(session, id);
      const ended = await listTasks(session);
      expect(new Set(ended.map(({ status }) => status)).difference(finals)).toEqual(new Set());
      // Those that were finished in the backup; others were made again, or failed.
      const shared = Object.entries(await hashes(tasks));
      expect(shared.length).toBeGreaterThan(0);
      for (const [id, hash] of shared) expect(before[id]).toBe(hash);

      const signIn = await fetch(`${target.url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ email, password: 'correct horse battery' }),
      });
      expect(signIn.status).toBe(200);
      const program = createCaller(target.url, secret);
      const next = await generate(program);
      expect((await follow(program, next.id)).at(-1)?.status).toBe('SUCCESS');
      expect(await credits(session)).toBeGreaterThan(0);
    } finally {
      await target.close();
    }
    const { results } = await auditInstallation(readConfig({ ...to.variables }, { isServing: false }));
    expect(results.filter(({ faults }) => faults.length > 0)).toEqual([]);
  });
}

const finals = new Set(['SUCCESS', 'FAILED', 'CANCELED']);

/** An entry of the backup, as an operator reads it. */
async function readEntry(file: string, entry: string): Promise<string> {
  const child = spawn('tar', ['-xOf', file, entry], { stdio: ['ignore', 'pipe', 'inherit'] });
  return (await text(child.stdout)).trim();
}
