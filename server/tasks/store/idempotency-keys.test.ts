import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../../tests/support/databases.ts';
import { addUser, newTask, outcomeOf } from '../../../tests/support/tasks.ts';
import { createIdempotencyKeys } from './idempotency-keys.ts';
import { createTaskStore } from './store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

async function accept(userId: string, key: string) {
  const task = newTask(userId, { idempotency: { key, requestHash: 'h' } });
  expect(outcomeOf(await createTaskStore(database).accept(task))).toBe('accepted');
}

it('frees a key after its time', async () => {
  const keys = createIdempotencyKeys(database);
  const userId = await addUser(database.prisma, 20);
  await accept(userId, 'old');
  expect(await keys.find(userId, 'old')).not.toBeNull();
  await database.prisma
    .$executeRaw`UPDATE "IdempotencyKey" SET "createdAt" = now() - interval '73 hours' WHERE "userId" = ${userId}`;
  expect(await keys.find(userId, 'old')).toBeNull();
  await accept(userId, 'old');
});

it('purges expired keys, more than one batch of them, and nothing else', async () => {
  const { prisma } = database;
  const userId = await addUser(prisma, 20);
  await accept(userId, 'recent');
  await prisma.$executeRaw`
    INSERT INTO "IdempotencyKey" ("userId", "key", "requestHash", "taskId", "createdAt")
    SELECT ${userId}, 'old-' || n, 'h', 't', now() - interval '73 hours' FROM generate_series(1, 5001) n`;
  await createIdempotencyKeys(database).purgeExpired();
  expect(await prisma.idempotencyKey.count({ where: { userId } })).toBe(1);
});
