import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { applyMigrations, migrationsFolder } from '../database/migrate.ts';
import { openPglite, pgliteMigrationTarget } from '../database/pglite.ts';
import { openTestDatabase, type TestDatabase } from '../../tests/support/databases.ts';
import { createTaskStore } from '../tasks/store/store.ts';
import { addUser, newTask } from '../../tests/support/tasks.ts';
import { createLedger } from './ledger.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

describe('grantWelcome', () => {
  const addAccount = async (welcomeDue: number | null) => {
    const id = `account-${crypto.randomUUID()}`;
    await database.prisma.user.create({
      data: { id, name: 'Tester', email: `${id}@example.test`, welcomeDue },
    });
    return id;
  };
  const grant = (userId: string, signupCredits: number) =>
    createLedger({ prisma: database.prisma, signupCredits }).grantWelcome(userId);
  const grants = async (userId: string) => {
    const { credits } = await database.prisma.user.findUniqueOrThrow({ where: { id: userId } });
    const entries = await database.prisma.creditEntry.findMany({ where: { userId } });
    return { credits, amounts: entries.map(({ amount }) => amount) };
  };

  it.each([
    ['what was decided at creation, not what is set now', 20, 50, { credits: 20, amounts: [20] }],
    ['nothing where that was decided at creation', 0, 50, { credits: 0, amounts: [] }],
    ['what is set now where creation decided nothing', null, 50, { credits: 50, amounts: [50] }],
  ])('grants %s', async (_, welcomeDue, signupCredits, expected) => {
    const userId = await addAccount(welcomeDue);
    expect(await grant(userId, signupCredits)).toBe(expected.credits);
    expect(await grants(userId)).toEqual(expected);
  });

  it('decides nothing again once it has decided for none', async () => {
    const userId = await addAccount(null);
    await grant(userId, 0);
    await grant(userId, 20);
    expect(await grants(userId)).toEqual({ credits: 0, amounts: [] });
  });

  it('grants once however many sessions begin at the same time', async () => {
    const userId = await addAccount(20);
    const granted = await Promise.all(Array.from({ length: 20 }, () => grant(userId, 20)));
    expect(granted.filter((credits) => credits > 0)).toEqual([20]);
    expect(await grants(userId)).toEqual({ credits: 20, amounts: [20] });
  });

  it('grants nothing where an earlier version has granted meanwhile', async () => {
    const userId = await addAccount(20);
    await database.prisma.creditEntry.create({
      data: {
        id: `welcome-${userId}`,
        userId,
        kind: 'GRANT',
        amount: 20,
        balanceAfter: 20,
        reason: 'Welcome credits',
      },
    });
    await database.prisma.user.update({ where: { id: userId }, data: { credits: 20 } });
    await grant(userId, 20);
    expect(await grants(userId)).toEqual({ credits: 20, amounts: [20] });
  });
});

describe('the order of entries', () => {
  const balancesOf = async (userId: string) => {
    const entries = await database.prisma.creditEntry.findMany({
      where: { userId },
      orderBy: { number: 'asc' },
    });
    let balance = 0;
    return entries.map(({ amount, balanceAfter }) => ({ sum: (balance += amount), balanceAfter }));
  };

  // Turns red where entries are ordered by the start of their statements, some of which waited for the user's row.
  it('is the one in which the balance moved, under concurrent charges and refunds', async () => {
    const store = createTaskStore(database);
    const userId = await addUser(database.prisma, 200);
    await Promise.all(
      Array.from({ length: 45 }, async () => {
        const task = newTask(userId);
        await store.accept(task);
        await store.settle({ id: task.id, version: 1 }, { status: 'CANCELED', refundCredits: 2 });
      }),
    );
    const balances = await balancesOf(userId);
    expect(balances).toHaveLength(91);
    expect(balances.filter(({ sum, balanceAfter }) => sum !== balanceAfter)).toEqual([]);
  });
});

describe('the migration of a ledger without an order', () => {
  /** An embedded database as it was before the migrations that follow from that one on. */
  const openBefore = async (migration: string) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-migrations-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const names = (await readdir(migrationsFolder)).toSorted();
    const earlier = names.slice(
      0,
      names.findIndex((name) => name.endsWith(migration)),
    );
    for (const name of [...earlier, 'migration_lock.toml'])
      await cp(path.join(migrationsFolder, name), path.join(folder, name), { recursive: true });
    const embedded = await openPglite();
    onTestFinished(() => embedded.close());
    const target = pgliteMigrationTarget(embedded.pglite);
    await applyMigrations(target, folder);
    return { embedded, migrate: () => applyMigrations(target) };
  };

  it('finds the order in which the balance moved, and knows deleted tasks', async () => {
    const { embedded, migrate } = await openBefore('welcome-due');

    // [user, amount, balanceAfter, second]: b's are stored out of order, with a cycle; c's lead nowhere.
    const entries: [string, number, number, number][] = [
      ['a', 20, 20, 1],
      ['a', -2, 18, 2],
      ['b', 20, 20, 1],
      ['b', -2, 16, 2],
      ['b', -2, 18, 3],
      ['b', 2, 18, 4],
      ['b', -4, 12, 5],
      ['b', -2, 16, 6],
      ['c', 20, 20, 1],
      ['c', -2, 7, 2],
    ];
    for (const id of ['a', 'b', 'c'])
      await embedded.pglite.query(
        `INSERT INTO "User" ("id", "name", "email", "updatedAt") VALUES ($1, 'Tester', $1, now())`,
        [id],
      );
    for (const [index, [userId, amount, balanceAfter, second]] of entries.entries())
      await embedded.pglite.query(
        `INSERT INTO "CreditEntry" ("id", "userId", "kind", "amount", "balanceAfter", "reason", "taskId", "createdAt")
         VALUES ($1, $2, $3::"CreditEntryKind", $4, $5, 'test', $6, to_timestamp($7))`,
        [
          `entry-${index}`,
          userId,
          amount < 0 ? 'CHARGE' : 'GRANT',
          amount,
          balanceAfter,
          amount < 0 ? `task-${index}` : null,
          second,
        ],
      );

    await migrate();
    const { rows } = await embedded.pglite.query<{ userId: string; balances: number[] }>(
      `SELECT "userId", array_agg("balanceAfter" ORDER BY "number") AS "balances" FROM "CreditEntry"
       GROUP BY "userId" ORDER BY "userId"`,
    );
    expect(rows).toEqual([
      { userId: 'a', balances: [20, 18] },
      { userId: 'b', balances: [20, 18, 16, 18, 16, 12] },
      { userId: 'c', balances: [20, 7] },
    ]);
    expect(await embedded.prisma.deletedTask.count()).toBe(6);
    expect(await embedded.prisma.user.count({ where: { welcomeDue: 0 } })).toBe(3);
    await expect(embedded.pglite.exec('UPDATE "CreditEntry" SET "amount" = 1')).rejects.toThrow(
      /append-only/,
    );
  });

  // Fails by timeout if each step of the walk searches all entries of the account again.
  it('takes an account of 20,001 entries between few balances in seconds', async () => {
    const { embedded, migrate } = await openBefore('welcome-due');
    await embedded.pglite.exec(`
      INSERT INTO "User" ("id", "name", "email", "updatedAt") VALUES ('a', 'Tester', 'a', now());
      INSERT INTO "CreditEntry" ("id", "userId", "kind", "amount", "balanceAfter", "reason", "createdAt")
        SELECT 'entry-' || i, 'a', (CASE i % 2 WHEN 1 THEN 'CHARGE' ELSE 'GRANT' END)::"CreditEntryKind",
          CASE WHEN i = 0 THEN 20 WHEN i % 2 = 1 THEN -2 ELSE 2 END, 20 - 2 * (i % 2), 'test', to_timestamp(i + i % 2 * 3)
        FROM generate_series(0, 20000) AS i`);
    await migrate();
    const { rows } = await embedded.pglite.query(`
      SELECT count(*)::int AS "entries", count(*) FILTER (WHERE "balanceAfter" - "amount" <> "before")::int AS "jumps" FROM (
        SELECT *, coalesce(lag("balanceAfter") OVER (ORDER BY "number"), 0) AS "before" FROM "CreditEntry"
      ) AS "entry"`);
    expect(rows).toEqual([{ entries: 20_001, jumps: 0 }]);
  });
});
