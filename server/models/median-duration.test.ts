import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { createTaskStore } from '../tasks/store/store.ts';
import { addUser, newTask } from '../../tests/support/tasks.ts';
import { createMedianDuration } from './median-duration.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

it('is the median of the recent successes, once there are five', async () => {
  const store = createTaskStore(database);
  const medianDurationMs = createMedianDuration(database);
  const userId = await addUser(database.prisma, 100);
  for (const seconds of [1, 2, 3, 4, 100]) {
    expect(await medianDurationMs('timed')).toBeNull();
    const task = newTask(userId, { model: 'timed' });
    await store.accept(task);
    const started = await store.change(
      { id: task.id, version: 1 },
      { status: 'PROCESSING', startedAt: new Date() },
    );
    await store.settle(started!, { status: 'SUCCESS', refundCredits: 0 });
    await database.prisma
      .$executeRaw`UPDATE "Task" SET "startedAt" = "completedAt" - ${seconds}::int * interval '1 second' WHERE "id" = ${task.id}`;
  }
  expect(await medianDurationMs('timed')).toBe(3_000);
});
