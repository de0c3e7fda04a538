import { beforeEach, expect, it } from 'vitest';
import { addUser, openTaskStore } from '../../../tests/support/tasks.ts';
import { systemClock } from '../../lib/clock.ts';
import { type ClaimOptions, createClaims } from './claim.ts';
import { createWebhookQueue } from './queue.ts';
import type { SecretBox } from './secret-box.ts';
import { createWebhookWorker } from './worker.ts';

const { database, store, acceptFor } = await openTaskStore();
const { prisma } = database;
const { claim } = createClaims(prisma);
const leaseMs = 60_000;

beforeEach(async () => {
  await prisma.webhookEndpoint.deleteMany();
});

/** A user with endpoints, of which each has due deliveries, the oldest first. @returns the user's id */
async function addUserWithDue(
  name: string,
  changes: { endpoints?: number; due?: number; isFailing?: boolean },
) {
  const { endpoints = 1, due = 1, isFailing = false } = changes;
  const userId = await addUser(prisma, 100);
  await prisma.$executeRaw`
    INSERT INTO "WebhookEndpoint" ("id", "userId", "url", "events", "secret", "failingSince")
    SELECT ${name} || n, ${userId}, 'https://hooks.example/', '{TASK_UPDATED}', '', CASE WHEN ${isFailing} THEN now() END
    FROM generate_series(1, ${endpoints}::int) n`;
  await prisma.$executeRaw`
    INSERT INTO "OutgoingWebhook" ("id", "endpointId", "event", "nextAttemptAt")
    SELECT gen_random_uuid(), ${name} || n, 'TASK_UPDATED', now() - interval '1 hour' + due * interval '1 second'
    FROM generate_series(1, ${endpoints}::int) n, generate_series(1, ${due}::int) due`;
  return userId;
}

const fill = (length: number, running: ClaimOptions['running'][number]) =>
  Array.from({ length }, () => running);
const claimedOf = async (running: ClaimOptions['running'] = []) =>
  (await claim({ running, leaseMs })).map(({ endpointId }) => endpointId).toSorted();

it('takes four deliveries of an endpoint at a time, one of an endpoint that fails, none of a disabled one', async () => {
  const userId = await addUserWithDue('well', { due: 9 });
  await addUserWithDue('failing', { due: 9, isFailing: true });
  await addUserWithDue('disabled', {});
  await prisma.webhookEndpoint.update({ where: { id: 'disabled1' }, data: { enabled: false } });
  const all = await claimedOf();
  expect(all).toEqual(['failing1', 'well1', 'well1', 'well1', 'well1']);
  const failing = fill(1, { endpointId: 'failing1', userId: 'other', isFailing: true });
  expect(
    await claimedOf([...failing, ...fill(3, { endpointId: 'well1', userId, isFailing: false })]),
  ).toEqual(['well1']);
  expect(
    await claimedOf([...failing, ...fill(4, { endpointId: 'well1', userId, isFailing: false })]),
  ).toEqual([]);
});

it('takes the longest due first', async () => {
  await addUserWithDue('endpoint', { due: 6 });
  const claimed = await claim({ running: [], leaseMs });
  const due = await prisma.outgoingWebhook.findMany({ orderBy: { nextAttemptAt: 'asc' }, take: 4 });
  expect(claimed.map(({ id }) => id).toSorted()).toEqual(due.map(({ id }) => id).toSorted());
});

it('leaves the slots beyond 20 to other users, and half of all to endpoints that do not fail', async () => {
  const userId = await addUserWithDue('many', { endpoints: 10, due: 9 });
  expect(await claimedOf()).toHaveLength(20);
  expect(await claimedOf(fill(19, { endpointId: 'many0', userId, isFailing: false }))).toHaveLength(1);
  await prisma.webhookEndpoint.deleteMany();
  for (let user = 0; user < 6; user += 1)
    await addUserWithDue(`failing${user}-`, { endpoints: 10, isFailing: true });
  await addUserWithDue('well', {});
  const claimed = await claimedOf();
  expect([claimed.length, claimed.at(-1)]).toEqual([51, 'well1']);
  expect(await claimedOf(fill(50, { endpointId: '', userId: '', isFailing: true }))).toEqual([]);
});

// Turns red where the longest due comes first whatever else its user runs.
it('gives the last slots to the users that run least', async () => {
  const busy = await addUserWithDue('busy', { endpoints: 5, due: 4 });
  await addUserWithDue('waiting', {});
  await prisma.$executeRaw`UPDATE "OutgoingWebhook" SET "nextAttemptAt" = now() WHERE "endpointId" = 'waiting1'`;
  const running = [
    ...fill(10, { endpointId: 'busy0', userId: busy, isFailing: false }),
    ...fill(89, { endpointId: '', userId: '', isFailing: false }),
  ];
  expect(await claimedOf(running)).toEqual(['waiting1']);
  expect(await claimedOf(running)).toHaveLength(1);
});

it('makes an event due when the earlier one of its task is retried', async () => {
  const userId = await addUserWithDue('endpoint', { due: 0 });
  const task = await acceptFor(userId);
  const [head] = await claim({ running: [], leaseMs });
  await createWebhookQueue(database).recordFailure(head!, { responseStatus: 500, retryDelayMs: 3_600_000 });
  await store.settle(task, { status: 'CANCELED', refundCredits: 2 });
  const [first, second] = await prisma.outgoingWebhook.findMany({ orderBy: { number: 'asc' } });
  expect(second!.nextAttemptAt).toEqual(first!.nextAttemptAt);
});

// Turns red where receivers of one user that hang take the slots of the others.
it('sends to a user while all receivers of another hang', async () => {
  await addUserWithDue('hanging', { endpoints: 10, due: 50 });
  await prisma.webhookEndpoint.updateMany({ data: { url: 'https://hanging.example/' } });
  const attempted: string[] = [];
  const delivered = Promise.withResolvers<void>();
  const worker = createWebhookWorker({
    queue: createWebhookQueue(database),
    render: async ({ id }) => ({ id, body: '{}' }),
    secretBox: { open: (sealed) => sealed } as SecretBox,
    async fetch(url, { signal }) {
      attempted.push(url);
      if (url === 'https://hooks.example/') return { status: 204, bytes: new Uint8Array() };
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
    clock: systemClock,
    countAttempt: (outcome) => outcome === 'delivered' && delivered.resolve(),
    log: { info() {}, warn() {}, error() {} },
  });
  worker.start();
  await expect.poll(() => worker.activeAttempts).toBe(20);
  await addUserWithDue('well', {});
  worker.wake();
  await delivered.promise;
  await worker.stop({ graceMs: 0 });
  expect(attempted).toEqual([
    ...Array.from({ length: 20 }, () => 'https://hanging.example/'),
    'https://hooks.example/',
  ]);
});

// Turns red where the planner chooses an index in which the look-up of earlier events passes over all that wait.
it('reads few rows of an endpoint with thousands that wait, also where no statistics are', async () => {
  await addUserWithDue('endpoint', { due: 3_000 });
  const before = await entriesRead();
  expect(await claimedOf()).toHaveLength(4);
  expect((await entriesRead()) - before).toBeLessThan(10 * 3_000);
});

/** Entries of the indexes of deliveries that the database has read so far. */
async function entriesRead(): Promise<number> {
  await prisma.$queryRaw`SELECT pg_stat_force_next_flush()::text`;
  const [row] = await prisma.$queryRaw<[{ entries: number }]>`
    SELECT sum("idx_tup_read")::int AS "entries" FROM "pg_stat_user_indexes" WHERE "relname" = 'OutgoingWebhook'`;
  return row.entries;
}
