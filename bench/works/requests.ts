/** Requests over HTTP: a query without a database, reads of the caller's own data, and acceptance of tasks. */
import { createDatabase, peerTables } from '../harness/database.ts';
import { compare, type Subject } from '../harness/http-work.ts';
import { type BenchProcess, startProcess, until } from '../harness/process.ts';
import { generateBody, kinds, startProduct, startProvider } from '../harness/product.ts';
import type { Scope } from '../harness/scope.ts';
import { atLeast, atMost, type Row } from '../harness/verdict.ts';

const modelsQuery = '{ models { name label } }';
const viewerForm = '^\\{"data":\\{"viewer":\\{"credits":\\d+\\}\\}';
const taskQuery =
  'query ($id: ID!) { task(id: $id) { id version status prompt costCredits images { url width height } } }';
const image = '\\{"url":"http[^"]+","width":64,"height":64\\}';
const taskForm = `^\\{"data":\\{"task":\\{"id":"[^"]+","version":\\d+,"status":"SUCCESS","prompt":"[^"]+","costCredits":\\d+,"images":\\[${image},${image}\\]\\}\\}`;
const acceptForm = '^\\{"data":\\{"generateImage":\\{"task":\\{"id":"[^"]+","version":1,"status":"PENDING"';
const users = 64;
const hasPeers = process.env['BENCH_PEERS'] !== 'off';

/** The products, and peers by their scripts, which are started when they are first used; they have a database of their own. */
async function startServers(opened: AsyncDisposableStack) {
  const provider = await startProvider(opened);
  // One task at a time: a submission that gets no answer keeps the worker from all others.
  const env = { WORKER_CONCURRENCY: '1' };
  const products = await Promise.all(
    kinds.map(async ([kind, name]) => ({
      kind,
      name,
      server: await startProduct(opened, { kind, provider, env }),
    })),
  );
  const { models } = await products[0]!.server.ask<{ models: object[] }>(undefined, modelsQuery);
  const database = hasPeers ? await createDatabase(opened, peerTables) : undefined;
  const peers: Record<string, Promise<BenchProcess>> = {};
  const peer = (script: string) => {
    const [name, jit = ''] = script.split('+');
    const peerEnv = {
      PEER_DATABASE_URL: database?.url ?? '',
      MODELS: JSON.stringify(models),
      MERCURIUS_JIT: jit,
    };
    return (peers[script] ??= startProcess(opened, `bench/peers/${name}.ts`, { env: peerEnv }));
  };
  return { products, models, peer };
}

/** Peers as subjects, by their names in the rows and their scripts. The first one is the limit. */
async function peersOf(
  scope: Scope,
  scripts: Record<string, string>,
  rest: Pick<Subject, 'requests' | 'expected'>,
) {
  const { peer } = await scope.once(startServers);
  const named = Object.entries(scripts).map(async ([name, script]) => ({
    name,
    server: await peer(script),
    ...rest,
  }));
  return Promise.all(named);
}

export async function measureQuery(scope: Scope): Promise<Row[]> {
  const { models, products } = await scope.once(startServers);
  const answer = JSON.stringify({ data: { models } }).slice(0, -1);
  const expected = `^${answer.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`;
  const rest = { requests: [{ body: JSON.stringify({ query: modelsQuery }) }], expected };
  const peers = {
    mercurius: 'mercurius',
    'mercurius, JIT': 'mercurius+jit',
    'graphql-yoga': 'yoga',
    Apollo: 'apollo',
  };
  const subjects: Subject[] = [
    ...(await peersOf(scope, { 'node:http': 'http', ...(hasPeers && peers) }, rest)),
    ...products.map(({ name, server }) => ({ name, server, ...rest, goal: atMost(2) })),
  ];
  return compare(scope.opened, { work: 'query', figure: 'cpuMs' }, subjects);
}

const readers = { 'http + pg': 'http', mercurius: 'mercurius', 'graphql-yoga': 'yoga' };

export async function measureViewer(scope: Scope): Promise<Row[]> {
  const body = JSON.stringify({ query: '{ viewer { credits } }' });
  const requests = [{ body, token: 'token-0' }];
  const subjects: Subject[] = await peersOf(scope, readers, { requests, expected: viewerForm });
  for (const { name, server } of (await scope.once(startServers)).products) {
    const own = [{ body, token: await server.signUp() }];
    subjects.push({ name, server, requests: own, expected: viewerForm, goal: atLeast(0.95) });
  }
  return compare(scope.opened, { work: 'viewer', figure: 'rate' }, subjects);
}

export async function measureTask(scope: Scope): Promise<Row[]> {
  const bodyOf = (id: string) => JSON.stringify({ query: taskQuery, variables: { id } });
  const requests = [{ body: bodyOf('task-0'), token: 'token-0' }];
  const subjects: Subject[] = await peersOf(scope, readers, { requests, expected: taskForm });
  for (const { name, server } of (await scope.once(startServers)).products) {
    const token = await server.signUp();
    const { id } = await server.generate(token, 'A red kite over dunes bench:10', { count: 2 });
    await until(async () => {
      const { task } = await server.ask<{ task: { status: string } }>(token, taskQuery, { id });
      return task.status === 'SUCCESS' || undefined;
    });
    const own = [{ body: bodyOf(id), token }];
    subjects.push({ name, server, requests: own, expected: taskForm, goal: atLeast(1) });
  }
  return compare(scope.opened, { work: 'task', figure: 'rate' }, subjects);
}

/**
 * By 1, 16 and 64 callers, for 64 users in turn: a few would have thousands of unfinished tasks, which no limit of an
 * installation admits, and which an acceptance counts.
 */
export async function measureAccept(scope: Scope): Promise<Row[]> {
  const body = generateBody('A red kite over dunes bench:hang');
  const sent = Array.from({ length: users }, (_, user) => ({ body, token: `token-${user}` }));
  const peer = { requests: sent, expected: acceptForm };
  const [limit, mercurius] = await peersOf(
    scope,
    { 'pg, one statement': 'statements', mercurius: 'mercurius' },
    peer,
  );
  const subjects: Subject[] = [{ ...limit!, isOwnClient: true }, mercurius!];
  for (const { kind, name, server } of (await scope.once(startServers)).products) {
    const requests = await Promise.all(sent.map(async () => ({ body, token: await server.signUp() })));
    const goal = atLeast(kind === 'postgres' ? 0.5 : 0.3);
    subjects.push({ name, server, requests, expected: acceptForm, goal });
  }
  const rows: Row[] = [];
  for (const callers of [16, 1, 64])
    rows.push(
      ...(await compare(scope.opened, { work: `accept ${callers}`, figure: 'rate', callers }, subjects)),
    );
  return rows;
}
