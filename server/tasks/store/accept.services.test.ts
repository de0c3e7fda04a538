/** Needs a second connection, so it runs on PostgreSQL alone. */
import { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { addUser, balances, newImage, newTask, openTaskStore } from '../../../tests/support/tasks.ts';

const { database, accept } = await openTaskStore();
const { prisma } = database;

it('does nothing where a reference image is deleted while the statement runs', async () => {
  const userId = await addUser(prisma, 20);
  const image = newImage(userId);
  await prisma.image.create({ data: image });
  const other = new Client({ connectionString: database.url });
  await other.connect();
  onTestFinished(() => other.end());
  await other.query('BEGIN');
  await other.query('DELETE FROM "Image" WHERE "id" = $1', [image.id]);
  const outcome = accept(newTask(userId, { referenceImageIds: [image.id] }));
  const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  await expect.poll(async () => (await other.query(waiting)).rowCount, { timeout: 4_000 }).toBe(1);
  await other.query('COMMIT');
  expect(await outcome).toBe('missingReference');
  expect(await balances(prisma, userId)).toEqual({ credits: 20, entries: 20 });
});
