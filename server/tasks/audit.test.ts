import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../database/testing.ts';
import { audit } from './audit.ts';
import { createTaskStore } from './store.ts';
import { addUser, newTask } from './testing.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const broken = async () =>
  (await audit(database.prisma)).filter(({ faults }) => faults.length).map(({ rule }) => rule);

describe('audit', () => {
  it('finds nothing where all is well, and names the rule and the row where it is not', async () => {
    const store = createTaskStore(database);
    const userId = await addUser(database.prisma, 20);
    const task = newTask(userId);
    await store.accept(task);
    const ended = newTask(userId);
    await store.accept(ended);
    await store.settle(
      { id: ended.id, version: 1 },
      { status: 'FAILED', failureCode: 'TIMEOUT', refundCredits: 2 },
    );
    expect(await broken()).toEqual([]);

    await database.prisma.user.update({ where: { id: userId }, data: { credits: 19 } });
    expect(await broken()).toEqual(['Every balance is the sum of its entries']);
    await database.prisma.user.update({ where: { id: userId }, data: { credits: 18 } });

    await database.prisma.task.update({ where: { id: ended.id }, data: { refundedCredits: 0 } });
    expect(await broken()).toEqual([
      'Every task was refunded what it says, at most once',
      'FAILED and CANCELED tasks were refunded in full',
    ]);
    await database.prisma.task.update({ where: { id: ended.id }, data: { refundedCredits: 2 } });

    await database.prisma.task.update({
      where: { id: task.id },
      data: { deadlineAt: new Date(Date.now() - 3_600_000) },
    });
    const [result] = (await audit(database.prisma)).filter(({ faults }) => faults.length);
    expect(result).toMatchObject({
      rule: 'No task is unfinished after its deadline',
      faults: [{ taskId: task.id }],
    });
  });
});
