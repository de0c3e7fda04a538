/**
 * Latency of one user's requests with and without an abusive user, and the server's memory. Uses the embedded database, or
 * PostgreSQL if TEST_DATABASE_URL is set.
 */
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { percentile } from '../chaos/support/chaos.ts';
import { createCaller, follow, generate, signUp } from '../support/api.ts';
import { createInstallation, type Installation } from '../support/server-process.ts';
import { type AttackerOptions, attacks } from './attacker.ts';

const baselineMs = 20_000;
const attackMs = 30_000;
/** Between two requests: a user without pauses exceeds the limit of a minute where responses are fast. */
const pauseMs = 130;
const taskCount = 200_000;
const batchSize = 5_000;
const endpoints = ['generateImage', 'uploadImage', '/healthz'] as const;

let installation: Installation;
let url: string;
let attackerToken: string;

beforeAll(async () => {
  installation = await createInstallation({
    TRUSTED_PROXIES: '1',
    SIGNUP_CREDITS: '1000000',
    MAX_ACTIVE_TASKS: '10000',
  });
  url = await installation.start();
  const attacker = await signUp(url);
  attackerToken = attacker.token!;
  // The nested query goes from tasks to images and back.
  for (let index = 0; index < 5; index += 1)
    await follow(attacker, (await generate(attacker, { options: { count: 4 } })).id);
  await installation.end('SIGTERM');
  const { prisma, close } = await installation.openDatabase();
  // In batches, because of the statement timeout.
  for (let first = 1; first <= taskCount; first += batchSize)
    await prisma.$executeRawUnsafe(`
      INSERT INTO "Task" ("id", "userId", "scene", "provider", "model", "prompt", "options", "costCredits", "createdAt",
        "deadlineAt", "status", "expectedDurationMs", "failureCode", "completedAt", "refundedCredits")
      SELECT gen_random_uuid(), "attacker"."userId", 'TEXT_TO_IMAGE', 'replicate', 'black-forest-labs/flux-schnell',
        'a harbour in fog ' || md5(n::text), '{"count":1}', 2, now() - interval '1 day' - n * interval '1 second',
        now(), 'FAILED', 1000, 'TIMEOUT', now(), 2
      FROM (SELECT "userId" FROM "Task" LIMIT 1) AS "attacker",
        generate_series(${first}, ${first + batchSize - 1}) AS n`);
  await prisma.$executeRawUnsafe('ANALYZE');
  await close();
  url = await installation.start();
}, 900_000);
afterAll(() => installation?.remove());

/** Resident memory of the server and its child processes, in MiB. */
async function memoryMiB(): Promise<number> {
  const { stdout } = await promisify(execFile)('ps', ['-eo', 'pid=,ppid=,rss=']);
  const server = installation.pid();
  const kib = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number, number])
    .filter(([pid, parent]) => pid === server || parent === server)
    .reduce((sum, [, , resident]) => sum + resident, 0);
  return Math.round(kib / 1024);
}

/** Requests each endpoint sequentially, all endpoints in parallel. */
async function measure(durationMs: number) {
  // A new user each time, which stays below the limit of a minute.
  const { token } = await signUp(url);
  const caller = createCaller(url, token, { 'x-forwarded-for': '198.51.100.2' });
  const create = { width: 40, height: 40, channels: 3, background: 'white' } as const;
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const picture = await sharp({ create: { ...create, noise } })
    .png()
    .toBuffer();
  const requests = {
    generateImage: () => generate(caller),
    async uploadImage() {
      const { errors } = await caller.upload(picture);
      if (errors) throw new Error(JSON.stringify(errors));
    },
    async '/healthz'() {
      const { status } = await fetch(`${url}/healthz`);
      if (status !== 200) throw new Error(`Status ${status}`);
    },
  };
  const latenciesMs = {
    generateImage: [] as number[],
    uploadImage: [] as number[],
    '/healthz': [] as number[],
  };
  const failures: string[] = [];
  let peakMiB = 0;
  const endsAtMs = Date.now() + durationMs;
  const sampleMemory = async () => {
    for (; Date.now() < endsAtMs; await sleep(1_000)) peakMiB = Math.max(peakMiB, await memoryMiB());
  };
  const probe = async (endpoint: (typeof endpoints)[number]) => {
    for (; Date.now() < endsAtMs; await sleep(pauseMs)) {
      const startedAtMs = performance.now();
      await requests[endpoint]().catch((error: Error) => failures.push(`${endpoint}: ${error.message}`));
      latenciesMs[endpoint].push(performance.now() - startedAtMs);
    }
  };
  await Promise.all([sampleMemory(), ...endpoints.map(probe)]);
  return { latenciesMs, failures, peakMiB };
}

it.each(Object.keys(attacks) as AttackerOptions['attack'][])('%s', async (attack) => {
  const baseline = await measure(baselineMs);
  const attacker = fork(path.join(import.meta.dirname, 'attacker.ts'), {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const started = once(attacker, 'message');
  attacker.send({ attack, url, token: attackerToken } satisfies AttackerOptions);
  await started;
  const attacked = await measure(attackMs);
  const stopped = once(attacker, 'message');
  attacker.send('stop');
  const [outcomes] = await stopped;
  console.log(`${attack}: responses to the attacker ${JSON.stringify(outcomes)}`);
  for (const endpoint of endpoints) {
    const [p50, p99] = [0.5, 0.99].map((share) => {
      const [before, during] = [baseline, attacked].map(({ latenciesMs }) =>
        percentile(latenciesMs[endpoint], share),
      );
      return `${before!.toFixed(0)} -> ${during!.toFixed(0)} ms (x${(during! / before!).toFixed(1)})`;
    });
    const counts = `${baseline.latenciesMs[endpoint].length}, ${attacked.latenciesMs[endpoint].length} requests`;
    console.log(`  ${endpoint}: ${counts}; p50 ${p50}; p99 ${p99}`);
  }
  console.log(`  peak memory: ${baseline.peakMiB} -> ${attacked.peakMiB} MiB`);
  expect([...baseline.failures, ...attacked.failures]).toEqual([]);
});
