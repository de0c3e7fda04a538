import { v7 as uuid } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { audit } from './audit.ts';
import { createTaskStore } from './store/store.ts';
import { createCreditGrants } from '../admin/credit-grants.ts';
import { addUser, newImage, newTask } from '../../tests/support/tasks.ts';

let database: TestDatabase;
const useDatabase = () => {
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());
};

const broken = async () =>
  (await audit(database.prisma)).filter(({ faults }) => faults.length).map(({ rule }) => rule);

describe('audit', () => {
  useDatabase();

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

// Entries cannot be taken back, so each fault is planted on an account of its own and looked for by its id.
describe('audit of a planted fault', () => {
  useDatabase();

  /** A user with 20 credits, less 2 for a task. */
  const prepare = async () => {
    const userId = await addUser(database.prisma, 20);
    const task = newTask(userId, { idempotency: { key: userId, requestHash: 'h' } });
    await createTaskStore(database).accept(task);
    return { userId, taskId: task.id };
  };
  type Prepared = Awaited<ReturnType<typeof prepare>>;

  const addEntry = async (
    userId: string,
    entry: {
      kind: 'GRANT' | 'CHARGE' | 'ADJUSTMENT';
      amount: number;
      reason?: string;
      taskId?: string;
      balanceAfter?: number;
    },
  ) => {
    const user = await database.prisma.user.update({
      where: { id: userId },
      data: { credits: { increment: entry.amount } },
    });
    const data = { id: uuid(), userId, reason: 'test', balanceAfter: user.credits, ...entry };
    return database.prisma.creditEntry.create({ data });
  };

  const addImages = ({ userId, taskId }: Prepared, count: number) =>
    database.prisma.image.createMany({
      data: Array.from({ length: count }, (_, position) => ({ ...newImage(userId, { position }), taskId })),
    });

  it.each<[string, (prepared: Prepared) => Promise<unknown>, string]>([
    [
      'a charge without a task',
      ({ userId }) => addEntry(userId, { kind: 'CHARGE', amount: -2, taskId: uuid() }),
      'Every charge and refund has its task, which may have been deleted since',
    ],
    [
      'a second welcome grant',
      ({ userId }) => addEntry(userId, { kind: 'GRANT', amount: 20, reason: 'Welcome credits' }),
      'Every account was granted welcome credits at most once',
    ],
    [
      'a wrong balance of an entry',
      ({ userId }) => addEntry(userId, { kind: 'GRANT', amount: 5, balanceAfter: 99 }),
      'Every entry says the balance that it left',
    ],
    [
      'more pictures than were asked for',
      (prepared) => addImages(prepared, 2),
      'No task has more pictures than were asked for',
    ],
    [
      'an unfinished task that is never due',
      ({ taskId }) => database.prisma.task.update({ where: { id: taskId }, data: { dueAt: null } }),
      'Every unfinished task is due at some time',
    ],
    [
      'an entry with another owner than its task',
      async ({ taskId }) =>
        database.prisma.task.update({
          where: { id: taskId },
          data: { userId: await addUser(database.prisma, 20) },
        }),
      'Entries, pictures, references and keys belong to the owner of their task',
    ],
  ])('names %s', async (_, plant, rule) => {
    const prepared = await prepare();
    const ids: unknown[] = Object.values(prepared);
    const brokenHere = async () =>
      (await audit(database.prisma))
        .filter(({ faults }) =>
          faults.some((fault) => Object.values(fault).some((value) => ids.includes(value))),
        )
        .map((result) => result.rule);
    expect(await brokenHere()).toEqual([]);
    await plant(prepared);
    expect(await brokenHere()).toEqual([rule]);
  });

  const byOperators =
    'Everything that was taken back has the key of its operator, and every key one action in the audit trail';

  it('names credits that were taken back without a key, and a key without an action', async () => {
    const { userId } = await prepare();
    const taken = await addEntry(userId, { kind: 'ADJUSTMENT', amount: -1 });
    const given = await addEntry(userId, { kind: 'GRANT', amount: 5 });
    const key = uuid();
    await database.prisma.creditGrant.create({ data: { key, requestHash: 'h', entryId: given.id } });
    const { faults } = (await audit(database.prisma)).find(({ rule }) => rule === byOperators)!;
    const planted = faults.filter(({ entryId }) => [taken.id, given.id].includes(entryId as string));
    expect(planted.map((fault) => fault['key']).toSorted()).toEqual([key, null]);
  });

  it('names none for grants of an operator, even with the reason of the welcome', async () => {
    const { userId } = await prepare();
    const { grant } = createCreditGrants(database);
    const entries: string[] = [];
    for (const [amount, reason] of [
      [10, 'Welcome credits'],
      [7, 'Welcome credits'],
      [-5, 'Chargeback'],
    ] as const)
      entries.push((await grant('command', { userId, amount, reason, idempotencyKey: uuid() })).entryId);
    const values = (await audit(database.prisma)).flatMap(({ faults }) => faults.flatMap(Object.values));
    expect(values.filter((value) => value === userId || entries.includes(value as string))).toEqual([]);
  });

  it('names none for a deleted task, whose entries stay', async () => {
    const store = createTaskStore(database);
    const { taskId, userId } = await prepare();
    const ended = await store.settle({ id: taskId, version: 1 }, { status: 'CANCELED', refundCredits: 2 });
    await store.remove(ended!);
    const faults = (await audit(database.prisma)).flatMap((result) => result.faults);
    expect(faults.filter((fault) => fault['taskId'] === taskId || fault['userId'] === userId)).toEqual([]);
  });
});
