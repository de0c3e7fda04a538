import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../tests/support/databases.ts';
import { createWebhookDeliveries } from './webhook-deliveries.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

it('purges old deliveries, more than one batch of them, and nothing else', async () => {
  const { prisma } = database;
  const deliveries = createWebhookDeliveries(database);
  await prisma.$executeRaw`
    INSERT INTO "WebhookDelivery" ("id", "receivedAt")
    SELECT 'delivery-' || n, now() - interval '2 hours' FROM generate_series(1, 5001) n`;
  await deliveries.recordDelivery('recent');
  await deliveries.purgeExpired();
  expect(await prisma.receivedWebhook.findMany({ select: { id: true } })).toEqual([{ id: 'recent' }]);
});
