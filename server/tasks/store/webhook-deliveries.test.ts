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

// Turns red where a batch counts a delivery for each of its requests.
it('records a delivery once, however many come together', async () => {
  const { recordDelivery } = createWebhookDeliveries(database);
  const ids = ['first', 'twice', 'twice', 'third', 'twice'];
  const isNew = await Promise.all(ids.map(recordDelivery));
  expect(ids.filter((_, index) => isNew[index])).toEqual(['first', 'twice', 'third']);
  expect(await Promise.all(['twice', 'fourth'].map(recordDelivery))).toEqual([false, true]);
});
