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
  /** Stops it and starts it again. @returns the new process, and the milliseconds until it serves */
  restart(): Promise<{ server: BenchProcess; tookMs: number }>;
  /** Signs a user up. @returns the bearer token */
  signUp(): Promise<string>;
  /** The data of an operation. @throws where it is refused */
  ask<Data>(token: string | undefined, query: string, variables?: object): Promise<Data>;
  /** Has a task accepted. */
  generate(
    token: string,
    prompt: string,
    options?: { count?: number; idempotencyKey?: string },
  ): Promise<Task>;
}

interface Task {
  id: string;
  version: number;
}

/** Limits that no work reaches. */
const defaults = {
  LOG_LEVEL: 'fatal',
  AUTH_SECRET: 'a secret for measurements of 32 letters and more',
  OPERATIONS_PER_MINUTE: '1000000000',
  REFUSED_REQUESTS_PER_MINUTE: '1000000000',
  SIGN_INS_PER_MINUTE: '1000000',
  SIGNUPS_PER_ADDRESS_PER_DAY: '1000000',
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
  /** That of another node, where it is not the first. */
  database?: BenchDatabase | undefined;
  provider?: BenchProcess;
  /** Makes the provider send webhooks. */
  hasWebhooks?: boolean;
  env?: Record<string, string>;
  /** Called with the id of the process at its start. */
  onSpawn?: (pid: number) => void;
}

function providerEnvironment(url: string, hasWebhooks: boolean): Record<string, string> {
  const webhooks = {
    PUBLIC_URL: 'https://proofsheet.example',
    REPLICATE_WEBHOOK_SECRET: 'whsec_c2FuZGJveA==',
  };
  return {
    REPLICATE_API_TOKEN: 'r8_bench',
    REPLICATE_BASE_URL: `${url}/v1`,
    SANDBOX: 'off',
    OUTPUT_ORIGINS: url,
    ...(hasWebhooks && webhooks),
  };
}

export const startProvider = (opened: AsyncDisposableStack): Promise<BenchProcess> =>
  startProcess(opened, 'bench/harness/provider.ts');

/** Starts the product; everything is closed and removed with `opened`. */
export async function startProduct(opened: AsyncDisposableStack, options: Options): Promise<Product> {
  const { kind, provider, hasWebhooks = false, env = {}, onSpawn } = options;
  const dataDir = await mkdtemp(path.join(tmpdir(), 'proofsheet-bench-'));
  opened.defer(() => rm(dataDir, { recursive: true, force: true }));
  const database = options.database ?? (kind === 'postgres' ? await createDatabase(opened) : undefined);
  const port = await freePort();
  const launch = () =>
    startProcess(opened, 'server/main.ts', {
      cwd: dataDir, // A folder without `.env`.
      env: {
        ...defaults,
        DATA_DIR: dataDir,
        PORT: String(port),
        ...(database && { DATABASE_URL: database.url }),
        ...(process.env['BENCH_PLANT'] && { BENCH_PLANT: process.env['BENCH_PLANT'] }),
        ...(provider && providerEnvironment(provider.url, hasWebhooks)),
        ...env,
      },
      ready: /^Proofsheet serves at (\S+)\n/m,
      onSpawn,
    });
  let server = await launch();
  const restart = async () => {
    await server.stop();
    const startedAt = performance.now();
    server = { ...(await launch()), url };
    return { server, tookMs: performance.now() - startedAt };
  };
  // It prints the address that PUBLIC_URL says.
  const url = `http://127.0.0.1:${port}`;
  return { ...server, url, database, restart, ...createCaller(url) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const generateDocument = `mutation ($input: GenerateImageInput!) {
  generateImage(input: $input) { task { id version status prompt costCredits } viewer { credits } } }`;
const inputOf = (prompt: string, count: number) => ({
  model: 'black-forest-labs/flux-schnell',
  scene: 'TEXT_TO_IMAGE',
  prompt,
  options: { count },
});

/** The body of a request that is accepted. */
export const generateBody = (prompt: string): string =>
  JSON.stringify({ query: generateDocument, variables: { input: inputOf(prompt, 1) } });

function createCaller(url: string): Pick<Product, 'signUp' | 'ask' | 'generate'> {
  const post = async (target: string, body: object, token?: string) => {
    const response = await fetch(url + target, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  const ask: Product['ask'] = async (token, query, variables = {}) => {
    const { data, errors } = await post('/graphql', { query, variables }, token);
    if (errors || !data) throw new Error(JSON.stringify(errors));
    return data as never;
  };
  return {
    ask,
    async signUp() {
      const email = `${randomUUID()}@example.test`;
      const user = { name: 'Tester', email, password: 'correct horse battery' };
      const { token } = await post('/api/auth/sign-up/email', user);
      if (typeof token !== 'string') throw new Error('The product did not sign the user up');
      return token;
    },
    async generate(token, prompt, { count = 1, ...more } = {}) {
      const input = { ...inputOf(prompt, count), ...more };
      return (await ask<{ generateImage: { task: Task } }>(token, generateDocument, { input })).generateImage
        .task;
    },
  };
}

/** The row's id in a global id. */
export const localId = (id: string): string => Buffer.from(id, 'base64').toString().split(':')[1]!;
export const globalId = (id: string): string => Buffer.from(`Task:${id}`).toString('base64');
