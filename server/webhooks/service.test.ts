import { expect, it, onTestFinished, vi } from 'vitest';
import { openTaskStore } from '../../tests/support/tasks.ts';
import { deriveSecret } from '../lib/secret.ts';
import { createWebhookQueue } from './delivery/queue.ts';
import { createSecretBox } from './delivery/secret-box.ts';
import { createWebhookService } from './service.ts';

const { database, accepted, acceptFor } = await openTaskStore();
const { prisma } = database;
const queue = createWebhookQueue(database);
const secretBox = createSecretBox(deriveSecret('of the installation', 'webhook secrets'));
const webhooks = createWebhookService({ prisma, queue, secretBox, allowedOrigins: [], onDue() {} });
const url = 'https://hooks.example/';

it('stores no secret in clear, and signs with the one before for 24 hours', async () => {
  const { userId } = await accepted(100);
  const { endpoint, secret } = await webhooks.create(userId, { url, events: ['TASK_UPDATED'] });
  const rotated = await webhooks.rotateSecret(userId, endpoint.id);
  const row = await prisma.webhookEndpoint.findUniqueOrThrow({ where: { id: endpoint.id } });
  expect(JSON.stringify(row)).not.toContain('whsec_');
  expect([rotated.secret, secret]).toEqual([row.secret, row.previousSecret!].map(secretBox.open));
  const expiresInMs = row.previousSecretExpiresAt!.getTime() - row.createdAt.getTime();
  expect(expiresInMs / 3_600_000).toBeCloseTo(24, 1);

  const claim = async () => {
    await acceptFor(userId);
    return queue.claim({ running: [], leaseMs: 60_000 });
  };
  expect(await claim()).toMatchObject([{ secret: row.secret, previousSecret: row.previousSecret }]);
  await prisma.$executeRaw`UPDATE "WebhookEndpoint" SET "previousSecretExpiresAt" = now() - interval '1 second'`;
  expect(await claim()).toMatchObject([{ secret: row.secret, previousSecret: null }]);
});

// PGlite reads the time of this process, so it turns red on PostgreSQL alone.
it('makes a test due at once where the clock of the node is ahead', async () => {
  const { userId } = await accepted(100);
  const { endpoint } = await webhooks.create(userId, { url, events: ['TASK_UPDATED'] });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
  onTestFinished(() => void vi.useRealTimers());
  const { id } = await webhooks.test(userId, endpoint.id);
  expect(
    await prisma.$queryRaw`SELECT "nextAttemptAt" <= now() AS "isDue" FROM "OutgoingWebhook" WHERE "id" = ${id}`,
  ).toEqual([{ isDue: true }]);
});

// PGlite runs one transaction at a time, so it turns red on PostgreSQL alone.
it('keeps ten tests waiting at most, also where they come at once', async () => {
  const { userId } = await accepted(100);
  const { endpoint } = await webhooks.create(userId, { url, events: ['TASK_UPDATED'] });
  const tests = await Promise.allSettled(
    Array.from({ length: 15 }, () => webhooks.test(userId, endpoint.id)),
  );
  const refused = tests.filter((test) => test.status === 'rejected');
  expect(refused.map(({ reason }) => (reason as { code: string }).code)).toEqual(
    Array.from({ length: 5 }, () => 'RATE_LIMITED'),
  );
  expect(await prisma.outgoingWebhook.count({ where: { endpointId: endpoint.id } })).toBe(10);
});

it('gives up what waits for an endpoint that its user disables', async () => {
  const { userId } = await accepted(100);
  const { endpoint } = await webhooks.create(userId, { url, events: ['TASK_UPDATED'] });
  await acceptFor(userId);
  await webhooks.update(userId, { id: endpoint.id, enabled: false });
  const [delivery] = await prisma.outgoingWebhook.findMany({ where: { endpointId: endpoint.id } });
  expect(delivery).toMatchObject({ status: 'FAILED', nextAttemptAt: null });
  await expect(webhooks.redeliver(userId, delivery!.id)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await webhooks.update(userId, { id: endpoint.id, enabled: true });
  expect(await webhooks.redeliver(userId, delivery!.id)).toMatchObject({ status: 'PENDING' });
});

it('does not blame an endpoint for what its address before answered', async () => {
  const { userId } = await accepted(100);
  const { id } = (await webhooks.create(userId, { url, events: ['TASK_UPDATED'] })).endpoint;
  await prisma.$executeRaw`UPDATE "WebhookEndpoint" SET "failingSince" = now() - interval '3 days' WHERE "id" = ${id}`;
  const moved = await webhooks.update(userId, { id, url: `${url}moved` });
  expect(moved.failingSince).toBeNull();
  // Of an attempt that began before the change.
  expect(await queue.recordEndpointFailure({ endpointId: id, url }, true)).toBe(false);
  expect(await prisma.webhookEndpoint.findUnique({ where: { id } })).toEqual(moved);
  expect(await queue.recordEndpointFailure({ endpointId: id, url: moved.url }, true)).toBe(true);
});

it('deletes an endpoint with its deliveries', async () => {
  const { userId } = await accepted(100);
  const { endpoint } = await webhooks.create(userId, { url, events: ['TASK_UPDATED'] });
  await acceptFor(userId);
  await webhooks.remove(userId, endpoint.id);
  expect(await prisma.outgoingWebhook.count({ where: { endpointId: endpoint.id } })).toBe(0);
  await expect(webhooks.remove(userId, endpoint.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
});

it('stores an address as it is sent to, also where PostgreSQL cannot store what was typed', async () => {
  const { userId } = await accepted(100);
  const { endpoint } = await webhooks.create(userId, {
    url: ' https://hooks.example:443/a\0b\0',
    events: ['TASK_UPDATED'],
  });
  expect(endpoint.url).toBe('https://hooks.example/a%00b');
  expect(await webhooks.update(userId, { id: endpoint.id, url: `${url}\0` })).toMatchObject({ url });
});
