/** Needs a second connection, so it runs on PostgreSQL alone. */
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { openTaskStore } from '../../../tests/support/tasks.ts';
import { createWebhookService } from '../service.ts';
import { createWebhookQueue } from './queue.ts';
import { createRetention } from './retention.ts';
import { createSecretBox } from './secret-box.ts';

const { database, accepted, acceptFor } = await openTaskStore();
const { prisma } = database;
const queue = createWebhookQueue(database);

async function addEndpoint(id: string, userId: string): Promise<void> {
  await prisma.webhookEndpoint.create({
    data: { id, userId, url: 'https://hooks.example/', events: ['TASK_UPDATED'], secret: '' },
  });
}

async function openConnection(): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

// Turns red where the trigger waits for a lock, or refers to an endpoint that is gone: tasks would fail with it.
it.each([
  ['is being deleted', `DELETE FROM "WebhookEndpoint" WHERE "id" = $1`, 0],
  ['is being changed', `UPDATE "WebhookEndpoint" SET "failingSince" = now() WHERE "id" = $1`, 1],
])('accepts a task while an endpoint of its user %s', async (_, statement, events) => {
  const { userId } = await accepted(100);
  await addEndpoint(statement, userId);
  const other = await openConnection();
  await other.query('BEGIN');
  await other.query(statement, [statement]);
  const task = await acceptFor(userId);
  await other.query('COMMIT');
  expect(await prisma.outgoingWebhook.count({ where: { taskId: task.id } })).toBe(events);
});

// Turns red where a statement holds deliveries while it waits for a newer one: two of them could then deadlock.
it.each(['giveUp', 'removeDeliveries'] as const)('locks deliveries newest first to %s', async (change) => {
  const { userId } = await accepted(100);
  await addEndpoint(change, userId);
  await prisma.$executeRaw`
    INSERT INTO "OutgoingWebhook" ("id", "endpointId", "event")
    SELECT ${change} || n, ${change}, 'TASK_COMPLETED' FROM generate_series(1, 50) n`;
  const other = await openConnection();
  await other.query('BEGIN');
  await other.query(`SELECT FROM "OutgoingWebhook" WHERE "id" = $1 FOR UPDATE`, [`${change}50`]);
  const changed = queue[change](change);
  const waiting = `SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ILIKE '%"OutgoingWebhook"%'`;
  const monitor = await openConnection();
  await expect.poll(async () => (await monitor.query(waiting)).rows).toHaveLength(1);
  const free = `SELECT FROM "OutgoingWebhook" WHERE "endpointId" = $1 FOR UPDATE SKIP LOCKED`;
  expect((await monitor.query(free, [change])).rows).toHaveLength(49);
  await other.query('COMMIT');
  await changed;
  const pending = { endpointId: change, status: 'PENDING' } as const;
  expect(await prisma.outgoingWebhook.count({ where: pending })).toBe(0);
});

it('sends nothing of before once an endpoint is enabled again, not even what was written as it was disabled', async () => {
  const { userId, task } = await accepted(100);
  await addEndpoint('enabled again', userId);
  const secretBox = createSecretBox('');
  const webhooks = createWebhookService({ prisma, queue, secretBox, allowedOrigins: [], onDue() {} });
  const other = await openConnection();
  await other.query('BEGIN');
  await other.query(`UPDATE "Task" SET "progressPercent" = 1 WHERE "id" = $1`, [task.id]);
  await webhooks.update(userId, { id: 'enabled again', enabled: false });
  await other.query('COMMIT');
  await webhooks.update(userId, { id: 'enabled again', enabled: true });
  const deliveries = await prisma.outgoingWebhook.findMany({ where: { endpointId: 'enabled again' } });
  expect(deliveries.map(({ status }) => status)).toEqual(['FAILED']);
});

// Turns red where a claim waits for a row, or leases what another node has just leased.
it('claims what another node has not locked, and each delivery once', async () => {
  await prisma.webhookEndpoint.deleteMany();
  const { userId } = await accepted(100);
  const ids = Array.from({ length: 12 }, (_, index) => `claimed${index}`);
  for (const id of ids) await addEndpoint(id, userId);
  await prisma.$executeRaw`
    INSERT INTO "OutgoingWebhook" ("id", "endpointId", "event")
    SELECT "id" || n, "id", 'TASK_COMPLETED' FROM "WebhookEndpoint", generate_series(1, 3) n`;
  const other = await openConnection();
  await other.query('BEGIN');
  await other.query(`SELECT FROM "OutgoingWebhook" WHERE "id" = 'claimed01' FOR UPDATE`);
  const claims = await Promise.all([1, 2, 3].map(() => queue.claim({ running: [], leaseMs: 60_000 })));
  claims.push(await queue.claim({ running: [], leaseMs: 60_000 }));
  await other.query('COMMIT');
  const claimed = claims.flat().map(({ id }) => id);
  expect([claimed.length, new Set(claimed).size, claimed.includes('claimed01')]).toEqual([35, 35, false]);
});

it('purges old deliveries without waiting for one that is in use', async () => {
  const { userId } = await accepted(100);
  await addEndpoint('purged', userId);
  await prisma.$executeRaw`
    INSERT INTO "OutgoingWebhook" ("id", "endpointId", "event", "createdAt")
    SELECT 'old' || n, 'purged', 'TASK_COMPLETED', now() - interval '31 days' FROM generate_series(1, 2) n`;
  const other = await openConnection();
  await other.query('BEGIN');
  await other.query(`SELECT FROM "OutgoingWebhook" WHERE "id" = 'old2' FOR UPDATE`);
  await createRetention({ prisma, log: { info() {}, warn() {}, error() {} } }).purgeExpired();
  await other.query('COMMIT');
  const left = await prisma.outgoingWebhook.findMany({ where: { endpointId: 'purged' } });
  expect(left.map(({ id }) => id)).toEqual(['old2']);
});
