/**
 * What one caller costs another: requests of a user, a picture of theirs and the health check, alone and beside an attacker.
 * The database is embedded; on PostgreSQL where TEST_DATABASE_URL names one.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { percentile, until } from '../chaos/support/chaos.ts';
import { createCaller, signUp } from '../support/api.ts';
import { createInstallation, type Installation } from '../support/server-process.ts';
import { type AttackerOptions, attacks } from './attacks.ts';
import { createClient } from './client.ts';

const aloneMs = 20_000;
const attackedMs = 30_000;
const tasks = 200_000;
const roads = ['generateImage', 'uploadImage', '/healthz'] as const;

let installation: Installation;
let url: string;
const tokens = { neighbour: '', attacker: '' };

beforeAll(async () => {
  installation = await createInstallation({
    TRUSTED_PROXIES: '1',
    SIGNUP_CREDITS: '1000000',
    MAX_ACTIVE_TASKS: '10000',
  });
  url = await installation.start();
  for (const name of ['neighbour', 'attacker'] as const) tokens[name] = (await signUp(url)).token!;
  // Pictures of tasks, for queries that go from one to the other.
  const attacker = createClient({ url, token: tokens.attacker, address: '203.0.113.7' });
  for (let index = 0; index < 5; index += 1) await attacker.generate(randomUUID(), 4);
  await until('every task ends', async () => {
    const { viewer } = await createCaller(url, tokens.attacker).ask<{
      viewer: { tasks: { nodes: { status: string }[] } };
    }>('{ viewer { tasks(first: 5) { nodes { status } } } }');
    return viewer.tasks.nodes.every(({ status }) => status === 'SUCCESS');
  });
  await installation.end('SIGTERM');
  const { prisma, close } = await installation.openDatabase();
  // In parts, each within the time limit of a statement.
  for (let from = 1; from <= tasks; from += 5_000)
    await prisma.$executeRawUnsafe(`
      INSERT INTO "Task" ("id", "userId", "scene", "provider", "model", "prompt", "options", "costCredits", "createdAt",
        "deadlineAt", "status", "expectedDurationMs", "failureCode", "completedAt", "refundedCredits")
      SELECT gen_random_uuid(), "first"."userId", 'TEXT_TO_IMAGE', 'replicate', 'black-forest-labs/flux-schnell',
        'a harbour in fog ' || md5(n::text), '{"count":1}', 2, now() - interval '1 day' - n * interval '1 second',
        now(), 'FAILED', 1000, 'TIMEOUT', now(), 2
      FROM (SELECT "userId" FROM "Task" LIMIT 1) AS "first", generate_series(${from}, ${from} + 4999) AS n`);
  await prisma.$executeRawUnsafe('ANALYZE');
  await close();
  url = await installation.start();
}, 900_000);
afterAll(() => installation?.remove());

/** MiB in memory of the server and the processes that it started. */
async function memoryMiB(): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,rss=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number, number]);
  const server = installation.pid();
  const own = rows.filter(([pid, parent]) => pid === server || parent === server);
  return Math.round(own.reduce((sum, [, , kib]) => sum + kib / 1024, 0));
}

/** Sends one request after the other on each road. */
async function measure(forMs: number) {
  const neighbour = createClient({ url, token: tokens.neighbour, address: '198.51.100.2' });
  const create = { width: 40, height: 40, channels: 3, background: 'white' } as const;
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const picture = await sharp({ create: { ...create, noise } })
    .png()
    .toBuffer();
  const send = {
    generateImage: () => neighbour.generate(randomUUID()),
    uploadImage: () => neighbour.upload(picture),
    '/healthz': () => neighbour.send('/healthz'),
  };
  const ms: Record<(typeof roads)[number], number[]> = { generateImage: [], uploadImage: [], '/healthz': [] };
  const failures: string[] = [];
  let mostMiB = 0;
  const endsAtMs = Date.now() + forMs;
  const readMemory = async () => {
    for (; Date.now() < endsAtMs; await pause(1_000)) mostMiB = Math.max(mostMiB, await memoryMiB());
  };
  const walk = async (road: (typeof roads)[number]) => {
    for (; Date.now() < endsAtMs; await pause(100)) {
      const startedAtMs = performance.now();
      const answer = await send[road]();
      ms[road].push(performance.now() - startedAtMs);
      if (answer !== '200') failures.push(`${road} ${answer}`);
    }
  };
  await Promise.all([readMemory(), ...roads.map(walk)]);
  return { ms, failures, mostMiB };
}

it.each(Object.keys(attacks))('%s', async (name) => {
  const alone = await measure(aloneMs);
  const workerData: AttackerOptions = { name, url, token: tokens.attacker, address: '203.0.113.7' };
  const attacker = new Worker(new URL('./attacks.ts', import.meta.url), { workerData });
  await once(attacker, 'message');
  const attacked = await measure(attackedMs);
  const over = once(attacker, 'message');
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- to a thread, not to a window
  attacker.postMessage('stop');
  const [answers] = await over;
  await attacker.terminate();
  console.log(`${name}: the attacker got ${JSON.stringify(answers)}`);
  for (const road of roads) {
    const [p50, p99] = [0.5, 0.99].map((share) => {
      const [before, during] = [alone, attacked].map((figures) => percentile(figures.ms[road], share));
      return `${before!.toFixed(0)} -> ${during!.toFixed(0)} ms (x${(during! / before!).toFixed(1)})`;
    });
    const counted = `${alone.ms[road].length}, ${attacked.ms[road].length} requests`;
    console.log(`  ${road}: ${counted}; p50 ${p50}; p99 ${p99}`);
  }
  console.log(`  most memory in MiB: ${alone.mostMiB} -> ${attacked.mostMiB}`);
  expect([...alone.failures, ...attacked.failures]).toEqual([]);
});
