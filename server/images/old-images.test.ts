/** How often a pass over old images reads those that stay. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestMemoryDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { addUser, newTask } from '../../tests/support/tasks.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { lowestId } from '../lib/id-range.ts';
import { createTaskStore } from '../tasks/store/store.ts';
import { expireUploads } from './expiry.ts';
import { expireResults } from './retention.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const images = { discard: async () => 0 };
const clock = { nowMs: () => Date.now() };
/** Several pages that stay, and several batches that go. */
const [staying, going] = [2_500, 100];

let database: TestDatabase;
let prisma: PrismaClient;
beforeAll(async () => {
  database = await openTestMemoryDatabase();
  prisma = database.prisma;
  // As with many rows. There is one connection.
  for (const method of ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin'])
    await prisma.$executeRawUnsafe(`SET enable_${method} = off`);
  const userId = await addUser(prisma, 20);
  const store = createTaskStore({ prisma });
  const task = newTask(userId);
  expect(await store.accept(task)).not.toBeTypeOf('string');
  const addImages = (name: string, daysAgo: number, count: number, taskId: string | null) =>
    prisma.$executeRaw`
      INSERT INTO "Image" ("id", "userId", "taskId", "position", "storageKey", "thumbnailKey", "contentType", "byteSize",
        "width", "height", "thumbhash", "sha256", "createdAt")
      SELECT ${lowestId(new Date(Date.now() - daysAgo * 86_400_000))} || ${name} || "number", ${userId}, ${taskId}::text, "number",
        ${name} || "number", ${name} || 'thumbnail' || "number", 'image/png', 1, 1, 1, '', '',
        now() - ${daysAgo}::int * interval '1 day'
      FROM generate_series(1, ${count}::int) AS "number"`;
  await addImages('used', 90, staying, null);
  await prisma.$executeRaw`
    INSERT INTO "TaskReference" ("taskId", "position", "imageId")
    SELECT ${task.id}, row_number() OVER (), "id" FROM "Image"`;
  await addImages('unused', 80, going, null);
  await addImages('result', 70, going, task.id);
});
afterAll(() => database?.close());

/** Entries of the indexes of images that PostgreSQL has read so far. */
async function entriesRead(): Promise<number> {
  await prisma.$queryRaw`SELECT pg_stat_force_next_flush()::text`;
  const [row] = await prisma.$queryRaw<[{ entries: number }]>`
    SELECT sum("idx_tup_read")::int AS "entries" FROM "pg_stat_user_indexes" WHERE "relname" = 'Image'`;
  return row.entries;
}

// Turns red where each batch begins at the oldest again.
it.each([
  ['uploads', () => expireUploads({ prisma, images, retentionDays: 30, log })],
  ['results', () => expireResults({ prisma, images, clock, retentionDays: 30, log })],
])('reads %s that stay once, however many batches go', async (_, expire) => {
  const before = await entriesRead();
  expect(await expire()).toBe(going);
  const read = (await entriesRead()) - before;
  expect(read).toBeGreaterThan(staying);
  // Those that go are also locked and deleted.
  expect(read).toBeLessThan(staying + 10 * going);
});
