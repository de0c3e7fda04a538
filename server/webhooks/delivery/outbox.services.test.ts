/** Needs a second connection, so it runs on PostgreSQL alone. */
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { openTaskStore } from '../../../tests/support/tasks.ts';

const { database, accepted, acceptFor } = await openTaskStore();
const { prisma } = database;

// Turns red where the trigger waits for a lock, or refers to an endpoint that is gone: tasks would fail with it.
it.each([
  ['is being deleted', `DELETE FROM "WebhookEndpoint" WHERE "id" = $1`, 0],
  ['is being changed', `UPDATE "WebhookEndpoint" SET "failingSince" = now() WHERE "id" = $1`, 1],
])('accepts a task while an endpoint of its user %s', async (_, statement, events) => {
  const { userId } = await accepted(100);
  const endpoint = await prisma.webhookEndpoint.create({
    data: { id: statement, userId, url: 'https://hooks.example/', events: ['TASK_UPDATED'], secret: '' },
  });
  const other = new Client({ connectionString: database.url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('BEGIN');
  await other.query(statement, [endpoint.id]);
  const task = await acceptFor(userId);
  await other.query('COMMIT');
  expect(await prisma.outgoingWebhook.count({ where: { taskId: task.id } })).toBe(events);
});
