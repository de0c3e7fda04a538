import { beforeEach, expect, it } from 'vitest';
import { addUser, openTaskStore } from '../../../tests/support/tasks.ts';
import type { WebhookDeliveryStatus, WebhookEvent } from '../../generated/prisma/client.ts';
import { createRetention } from './retention.ts';

const { database } = await openTaskStore();
const { prisma } = database;
const warnings: unknown[] = [];
const retention = createRetention({
  prisma,
  log: { info() {}, warn: (fields) => warnings.push(fields), error() {} },
});

beforeEach(async () => {
  await prisma.webhookEndpoint.deleteMany();
  const userId = await addUser(prisma, 0);
  await prisma.webhookEndpoint.create({
    data: { id: 'endpoint', userId, url: 'https://hooks.example/', events: ['TASK_UPDATED'], secret: '' },
  });
});

/** Adds deliveries of that age, whose ids are the prefix with 1, 2 … */
async function add(prefix: string, count: number, changes: Partial<Row> = {}): Promise<void> {
  const { status = 'PENDING', event = 'TASK_COMPLETED', days = 0 } = changes;
  await prisma.$executeRaw`
    INSERT INTO "OutgoingWebhook" ("id", "endpointId", "event", "status", "createdAt", "deliveredAt", "nextAttemptAt")
    SELECT ${prefix} || n, 'endpoint', ${event}::"WebhookEvent", ${status}::"WebhookDeliveryStatus", at,
      CASE WHEN ${status} = 'DELIVERED' THEN at END, CASE WHEN ${status} = 'PENDING' THEN at END
    FROM generate_series(1, ${count}::int) n, (SELECT now() - ${days}::int * interval '1 day' AS at) AS instant`;
}

interface Row {
  status: WebhookDeliveryStatus;
  event: WebhookEvent;
  days: number;
}

const ids = async () =>
  (await prisma.outgoingWebhook.findMany({ orderBy: { number: 'asc' } })).map(({ id }) => id);

it('purges delivered ones after 3 days, others after 30', async () => {
  await add('delivered', 1, { status: 'DELIVERED', days: 2 });
  await add('long delivered', 1, { status: 'DELIVERED', days: 4 });
  await add('delivered again', 1, { status: 'DELIVERED', days: 20 });
  await prisma.outgoingWebhook.update({
    where: { id: 'delivered again1' },
    data: { deliveredAt: new Date() },
  });
  await add('failed', 1, { status: 'FAILED', days: 29 });
  await add('old', 1, { status: 'FAILED', days: 31 });
  await add('old and waiting', 1, { days: 31 });
  await retention.purgeExpired();
  expect(await ids()).toEqual(['delivered1', 'delivered again1', 'failed1']);
});

it('keeps the newest 5,000 delivered ones of an endpoint', async () => {
  await add('delivered', 5_002, { status: 'DELIVERED' });
  await add('waiting', 5);
  await retention.dropExcess();
  const left = await ids();
  expect([left.length, left[0]]).toEqual([5_005, 'delivered3']);
  expect(await prisma.webhookEndpoint.findMany()).toMatchObject([{ droppedDeliveries: 0 }]);
  expect(warnings).toEqual([]);
});

// Turns red where a completion goes before an update, where what is being sent goes, and where none is told.
it('keeps 10,000 undelivered ones, completions first, and counts what it drops', async () => {
  await add('failed', 2, { status: 'FAILED' });
  await add('sending', 1);
  await prisma.$executeRaw`
    UPDATE "OutgoingWebhook" SET "leaseExpiresAt" = now() + interval '1 minute' WHERE "id" = 'sending1'`;
  await add('waiting', 10_000);
  await add('update', 2, { event: 'TASK_UPDATED' });
  await retention.dropExcess();
  const left = await ids();
  expect([left.length, left[0], left[1], left.at(-1)]).toEqual([
    10_001,
    'sending1',
    'waiting1',
    'waiting10000',
  ]);
  expect(await prisma.webhookEndpoint.findMany()).toMatchObject([{ droppedDeliveries: 4 }]);
  expect(warnings).toEqual([{ endpointId: 'endpoint', dropped: 4 }]);
});

it('keeps what is still to be sent before what failed', async () => {
  await add('failed', 10_000, { status: 'FAILED' });
  await add('update', 1, { event: 'TASK_UPDATED' });
  await retention.dropExcess();
  const left = await ids();
  expect([left.length, left[0], left.at(-1)]).toEqual([10_000, 'failed2', 'update1']);
});

it('does not look at endpoints without new deliveries', async () => {
  await add('delivered', 5_002, { status: 'DELIVERED', days: 1 });
  await retention.dropExcess();
  expect(await ids()).toHaveLength(5_002);
});
