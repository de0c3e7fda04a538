import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { Prisma } from '../generated/prisma/client.ts';
import { createPerKeySemaphore } from '../lib/per-key-limits.ts';
import { createTaskList, type TaskCondition, type TaskList } from './list.ts';
import { createTaskStore, type TaskStore } from './store/store.ts';
import { addUser, newTask } from '../../tests/support/tasks.ts';

let database: TestDatabase;
let list: TaskList;
let store: TaskStore;
beforeAll(async () => {
  database = await openTestDatabase();
  list = createTaskList({ prisma: database.prisma, limit: createPerKeySemaphore(2) });
  store = createTaskStore(database);
});
afterAll(() => database.close());

async function withPrompts(...prompts: string[]) {
  const userId = await addUser(database.prisma, 200);
  for (const prompt of prompts) await store.accept(newTask(userId, { prompt }));
  const found = async (search: string) => {
    const ids = await list.page(userId, { search }, { take: 100 });
    expect(await list.count(userId, { search })).toBe(ids.length);
    const tasks = await Promise.all(ids.map((id) => store.find(id, userId)));
    return tasks.map((task) => task!.prompt);
  };
  return { userId, found };
}

describe('a search', () => {
  const [composed, decomposed] = ['Un CAFÉ noir'.normalize('NFC'), 'un café crème'.normalize('NFD')];

  it.each(['café', 'CAFÉ', 'afé', 'é'])('finds %s in both compositions and any case', async (word) => {
    const { found } = await withPrompts(composed, 'Tea', decomposed, 'cafe');
    expect(await found(word.normalize('NFC'))).toEqual([decomposed, composed]);
    expect(await found(word.normalize('NFD'))).toEqual([decomposed, composed]);
  });

  it.each([
    ['a', ['an 100% owl_b', 'Aa']],
    ['OW', ['an 100% owl_b']],
    ['%', ['an 100% owl_b']],
    ['l_b', ['an 100% owl_b']],
    ['\\', []],
    ['owl an', ['an 100% owl_b']],
    ['owl aa', []],
    ['猫', []],
    ['  ', ['Bee', 'an 100% owl_b', 'Aa']],
  ])('for %j finds what contains it', async (search, expected) => {
    const { found } = await withPrompts('Aa', 'an 100% owl_b', 'Bee');
    expect(await found(search)).toEqual(expected);
  });

  it("finds no other user's tasks, and none that was deleted", async () => {
    const { userId, found } = await withPrompts('A walrus');
    await withPrompts('Another walrus');
    const [id] = await list.page(userId, { search: 'walrus' }, { take: 100 });
    await store.remove({ id: id!, version: 1 });
    expect(await found('walrus')).toEqual([]);
  });

  it('goes together with the other conditions, and with pages in both directions', async () => {
    const { userId } = await withPrompts('fox 1', 'fox 2', 'owl', 'fox 3');
    const condition = { search: 'fox', status: ['PENDING' as const], scene: 'TEXT_TO_IMAGE' as const };
    const ids = await list.page(userId, condition, { take: 10 });
    expect(ids).toHaveLength(3);
    expect(await list.page(userId, condition, { take: 1, beyond: ids[0] })).toEqual([ids[1]]);
    expect(await list.page(userId, condition, { take: -1, beyond: ids[1] })).toEqual([ids[0]]);
    expect(await list.count(userId, { ...condition, status: ['FAILED'] })).toBe(0);
    expect(await list.count(userId, { ...condition, model: '-' })).toBe(0);
  });
});

describe('a time of creation', () => {
  it('bounds a page, a search and a count, exclusively', async () => {
    const { userId } = await withPrompts('fox 0', 'fox 1', 'owl 2', 'fox 3');
    const ids = (await list.page(userId, {}, { take: 10 })).toReversed();
    const start = await store.now();
    const second = (seconds: number) => new Date(start.getTime() + seconds * 1_000);
    for (const [index, id] of ids.entries())
      await database.prisma.task.update({ where: { id }, data: { createdAt: second(index) } });
    const found = async (condition: TaskCondition) => {
      const page = await list.page(userId, condition, { take: 10 });
      expect(await list.count(userId, condition)).toBe(page.length);
      return page.map((id) => ids.indexOf(id));
    };
    expect(await found({ createdAfter: second(1) })).toEqual([3, 2]);
    expect(await found({ createdBefore: second(2) })).toEqual([1, 0]);
    expect(await found({ createdAfter: second(0), createdBefore: second(3) })).toEqual([2, 1]);
    expect(await found({ createdAfter: second(0), search: 'fox' })).toEqual([3, 1]);
  });

  it.each([
    ['Task_userId_id_idx', {}],
    ['TaskSearch_userId_taskId_idx', { search: 'a' }],
  ])('bounds what is read of %s', async (index, condition) => {
    const plan: string[] = [];
    const explaining = {
      async $queryRaw(...[strings, ...values]: Parameters<typeof Prisma.sql>) {
        const [, rows] = await database.prisma.$transaction([
          // Whatever the number of rows here: a plan without an index stays possible, at a forbidding cost.
          database.prisma.$executeRaw`SET LOCAL enable_seqscan = off`,
          database.prisma.$queryRaw<object[]>`EXPLAIN ${Prisma.sql(strings, ...values)}`,
        ]);
        plan.push(...rows.map((row) => Object.values(row).join()));
        return [];
      },
    } as unknown as TestDatabase['prisma'];
    const { page } = createTaskList({ prisma: explaining, limit: createPerKeySemaphore(1) });
    const range = { createdAfter: new Date(0), createdBefore: new Date() };
    await page(await addUser(database.prisma, 0), { ...condition, ...range }, { take: 10 });
    const [, used = ''] = plan.join('\n').split(index);
    expect(used).toMatch(/^[^>]*Index Cond: .*[iI]d"? > '.*[iI]d"? < '/);
  });
});

describe('many tasks of a user', () => {
  const batches = [1, 2, 3, 4, 5];
  const batchSize = 2_100;

  it('are counted exactly without a filter, and up to 10,000 with one', async () => {
    const userId = await addUser(database.prisma, 0);
    for (const batch of batches)
      await database.prisma.$executeRaw`
      INSERT INTO "Task" ("id", "userId", "scene", "provider", "model", "prompt", "options", "costCredits", "deadlineAt",
        "expectedDurationMs", "status", "completedAt")
      SELECT ${userId} || ${batch}::int || '-' || n, ${userId}, 'TEXT_TO_IMAGE', 'p', 'm', 'A fox, number ' || n, '{"count":1}', 2, now(), 1, 'SUCCESS', now()
      FROM generate_series(1, ${batchSize}::int) n`;
    expect(await list.count(userId, {})).toBe(batches.length * batchSize);
    expect(await list.count(userId, { search: 'fox' })).toBe(10_000);
    expect(await list.count(userId, { status: ['SUCCESS'] })).toBe(10_000);
    expect(await list.count(userId, { search: 'owl' })).toBe(0);
  });

  it('are searched by an index', async () => {
    const plan = await database.prisma.$transaction(async (transaction) => {
      // Whatever the number of rows here: a plan without an index stays possible, at a forbidding cost.
      await transaction.$executeRaw`SET LOCAL enable_seqscan = off`;
      return transaction.$queryRaw<Record<string, string>[]>`
        EXPLAIN SELECT "taskId" FROM "TaskSearch" WHERE "text" LIKE '%lighthouse%'`;
    });
    expect(plan.map((row) => Object.values(row).join()).join('\n')).toContain('TaskSearch_text_idx');
  });
});
