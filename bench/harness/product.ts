/** The product as it is run in production, in a folder and a database of its own. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BenchDatabase, createDatabase } from './database.ts';
import { type BenchProcess, startProcess } from './process.ts';

export type DatabaseKind = 'postgres' | 'pglite';

/** The databases that the product is measured on, with its name there. */
export const kinds = (
  [
    ['postgres', 'Proofsheet, PostgreSQL'],
    ['pglite', 'Proofsheet, PGlite'],
  ] as const
).filter(([kind]) => (process.env['BENCH_DATABASES'] ?? 'postgres,pglite').split(',').includes(kind));

export interface Product extends BenchProcess {
  /** Absent where it is embedded. */
  database: BenchDatabase | undefined;
  /** Stops and starts it. @returns the milliseconds until it serves */
  restart(): Promise<number>;
  /** Signs a user up. @returns the bearer token */
  signUp(): Promise<string>;
  /** The data of an operation. @throws where it is refused */
  ask<Data>(token: string | undefined, query: string, variables?: object): Promise<Data>;
}

/** Limits that no work reaches. */
const defaults = {
  LOG_LEVEL: 'fatal',
  AUTH_SECRET: 'a secret for measurements of 32 letters and more',
  OPERATIONS_PER_MINUTE: '1000000000',
  REFUSED_REQUESTS_PER_MINUTE: '1000000000',
  SIGN_INS_PER_MINUTE: '1000000',
  MAX_SOCKETS_PER_ADDRESS: '100000',
  MAX_SOCKETS_PER_USER: '100000',
  MAX_SUBSCRIPTIONS_PER_USER: '100000',
  MAX_ACTIVE_TASKS: '10000',
  SIGNUP_CREDITS: '1000000',
  MAX_STORED_BYTES_PER_USER: '1000000000000',
  TASK_TIMEOUT_MS: '3600000',
};

interface Options {
  kind: DatabaseKind;
  env?: Record<string, string>;
  /** Between the product and its database server. */
  databaseProxy?: (url: string) => string;
  /** Called with the id of the process at its start. */
  onSpawn?: (pid: number) => void;
}

/** Starts the product; everything is closed and removed with `opened`. */
export async function startProduct(opened: AsyncDisposableStack, options: Options): Promise<Product> {
  const { kind, env = {}, databaseProxy = (url) => url, onSpawn = () => {} } = options;
  const dataDir = await mkdtemp(path.join(tmpdir(), 'proofsheet-bench-'));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const database = kind === 'postgres' ? await createDatabase() : undefined;
  if (database) opened.defer(() => database.drop());
  const port = await freePort();
  const launch = () =>
    startProcess('server/main.ts', {
      // A folder without `.env`.
      cwd: dataDir,
      env: {
        ...defaults,
        DATA_DIR: dataDir,
        PORT: String(port),
        ...(database && { DATABASE_URL: databaseProxy(database.url) }),
        ...(process.env['BENCH_PLANT'] && { BENCH_PLANT: process.env['BENCH_PLANT'] }),
        ...env,
      },
      ready: /^Proofsheet serves at (\S+)\n/m,
      onSpawn,
    });
  let started = await launch();
  opened.defer(() => started.stop());
  // It prints the address that PUBLIC_URL says.
  const url = `http://127.0.0.1:${port}`;
  const restart = async () => {
    await started.stop();
    const startedAt = performance.now();
    started = await launch();
    return performance.now() - startedAt;
  };
  return { ...started, url, database, restart, ...createCaller(url) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function createCaller(url: string): Pick<Product, 'signUp' | 'ask'> {
  const post = async (target: string, body: object, token?: string) => {
    const response = await fetch(url + target, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  return {
    async signUp() {
      const email = `${randomUUID()}@example.test`;
      const user = { name: 'Tester', email, password: 'correct horse battery' };
      const { token } = await post('/api/auth/sign-up/email', user);
      if (typeof token !== 'string') throw new Error('The product did not sign the user up');
      return token;
    },
    async ask<Data>(token: string | undefined, query: string, variables: object = {}) {
      const { data, errors } = await post('/graphql', { query, variables }, token);
      if (errors || !data) throw new Error(JSON.stringify(errors));
      return data as Data;
    },
  };
}

export const generateDocument = `mutation ($input: GenerateImageInput!) {
  generateImage(input: $input) { task { id version status prompt costCredits } viewer { credits } } }`;

/** The variables of a request that is accepted. */
export const generateVariables = (prompt: string, count = 1) => ({
  input: { model: 'black-forest-labs/flux-schnell', scene: 'TEXT_TO_IMAGE', prompt, options: { count } },
});

/** The row's id in a global id. */
export const localId = (globalId: string): string =>
  Buffer.from(globalId, 'base64').toString().split(':')[1]!;
export const globalId = (id: string): string => Buffer.from(`Task:${id}`).toString('base64');

/** The id of copy `n` of a row. */
const copyId = (column: string) => `left(${column}, 24) || lpad(to_hex(n), 12, '0')`;

/** Copies a row so often, without triggers; `changes` is SQL for a JSON object of the columns that differ, with `n`. */
export async function copyRows(
  database: BenchDatabase,
  table: string,
  where: string,
  count: number,
  changes: string,
): Promise<void> {
  for (let first = 1; first <= count; first += 10_000)
    await database.query(`
      WITH set AS (SELECT set_config('session_replication_role', 'replica', true))
      INSERT INTO "${table}" SELECT (jsonb_populate_record(original, ${changes})).*
      FROM set, (SELECT original FROM "${table}" original WHERE ${where} LIMIT 1) found,
        generate_series(${first}, ${Math.min(count, first + 9_999)}) n`);
}

/** Copies a task so often. @param changes further changed columns, as pairs of `jsonb_build_object` */
export async function copyTasks(
  database: BenchDatabase,
  id: string,
  count: number,
  changes: string,
): Promise<string[]> {
  const object = `jsonb_build_object('id', ${copyId('(original).id')}, 'leaseOwner', NULL, 'leaseExpiresAt', NULL,
    'externalId', NULL, 'deadlineAt', now() + interval '1 hour', ${changes})`;
  await copyRows(database, 'Task', `id = '${id}'`, count, object);
  return Array.from({ length: count }, (_, n) => id.slice(0, 24) + (n + 1).toString(16).padStart(12, '0'));
}
