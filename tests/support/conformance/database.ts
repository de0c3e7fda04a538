/** What both databases must do alike, whatever the adapter in between. Run by a test for each. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CreditEntryKind,
  Prisma,
  type PrismaClient,
  type TaskStatus,
} from '../../../server/generated/prisma/client.ts';
import { isUniqueViolation } from '../../../server/database/errors.ts';
import { readRows } from '../../../server/database/read-rows.ts';
import { applyMigrations, type MigrationTarget } from '../../../server/database/migrate.ts';
import type { Database } from '../../../server/database/open.ts';

export interface DatabaseHarness {
  /** A fresh, migrated database, deleted by `close`. */
  open(): Promise<Database>;
  /** An empty database to migrate, deleted by `close`. */
  openEmpty(): Promise<{ target: MigrationTarget; close(): Promise<void> }>;
}

export function itKeepsTheDatabaseContract(name: string, harness: DatabaseHarness): void {
  describe(`${name}, as a database`, () => {
    let database: Database;
    let prisma: PrismaClient;
    let lastNumber = 0;
    beforeAll(async () => {
      database = await harness.open();
      ({ prisma } = database);
    });
    afterAll(() => database.close());

    const newId = () => `id-${++lastNumber}`;
    const createUser = async (credits = 0) => {
      const id = newId();
      return prisma.user.create({ data: { id, name: 'Someone', email: `${id}@example.test`, credits } });
    };
    const createEntry = (userId: string, kind: CreditEntryKind, amount: number, balanceAfter = 1) =>
      prisma.creditEntry.create({
        data: { id: newId(), userId, kind, amount, balanceAfter, reason: 'test', taskId: newId() },
      });
    const createTask = async (fields: {
      status?: TaskStatus;
      version?: number;
      costCredits?: number;
      refundedCredits?: number;
      progressPercent?: number;
      failureCode?: string;
      completedAt?: Date;
    }) => {
      const { id: userId } = await createUser();
      const task = { id: newId(), userId, scene: 'TEXT_TO_IMAGE', provider: 'p', model: 'm' } as const;
      const rest = { prompt: 'a fox', options: {}, deadlineAt: new Date(), expectedDurationMs: 1 };
      return prisma.task.create({ data: { ...task, ...rest, costCredits: 4, ...fields } });
    };

    it('answers the check', async () => {
      await expect(database.check()).resolves.toBeUndefined();
    });

    it('carries out one statement of several CTEs, or nothing of it', async () => {
      const { id: userId } = await createUser(5);
      const charge = () => prisma.$queryRaw<{ credits: number; entry: string }[]>`
        WITH charged AS (
          UPDATE "User" SET "credits" = "credits" - 2 WHERE "id" = ${userId} AND "credits" >= 2
          RETURNING "id", "credits"
        ), entry AS (
          INSERT INTO "CreditEntry" ("id", "userId", "kind", "amount", "balanceAfter", "reason", "taskId")
          SELECT ${newId()}, "id", 'CHARGE', -2, "credits", 'task', ${newId()} FROM charged
          RETURNING "id"
        )
        SELECT charged."credits", entry."id" AS entry FROM charged, entry`;
      const answers = await Promise.all([charge(), charge(), charge()]);
      expect(answers.map((rows) => rows.length).toSorted()).toEqual([0, 1, 1]);
      expect(answers.flatMap((rows) => rows.map((row) => row.credits)).toSorted()).toEqual([1, 3]);
      expect(await prisma.creditEntry.count({ where: { userId } })).toBe(2);
    });

    it('tells a unique violation from other failures, in model calls and in raw queries', async () => {
      const { id, email } = await createUser();
      const failures: [expected: boolean, attempt: () => Promise<unknown>][] = [
        [true, () => prisma.user.create({ data: { name: 'Another', email } })],
        [true, () => prisma.$executeRaw`INSERT INTO "User" SELECT * FROM "User" WHERE "id" = ${id}`],
        [
          true,
          () => prisma.$queryRaw`INSERT INTO "User" SELECT * FROM "User" WHERE "id" = ${id} RETURNING "id"`,
        ],
        [true, () => prisma.$transaction((tx) => tx.user.create({ data: { name: 'Another', email } }))],
        [false, () => prisma.$queryRaw`UPDATE "User" SET "credits" = -1 RETURNING "id"`],
        [false, () => prisma.user.update({ where: { id }, data: { credits: -1 } })],
        [false, () => prisma.user.update({ where: { id: 'nobody' }, data: { name: 'Another' } })],
        [false, () => prisma.$queryRaw`SELECT no_such_column`],
        [false, () => createEntry('nobody', 'GRANT', 1)],
      ];
      for (const [expected, attempt] of failures) {
        const error = await attempt().then(
          () => 'did not fail',
          (reason: unknown) => reason,
        );
        expect([isUniqueViolation(error), error]).toEqual([expected, expect.any(Error)]);
      }
    });

    // Turns red where a driver parses a type otherwise than Prisma does.
    it('reads rows past Prisma as Prisma reads them', async () => {
      const statement = Prisma.sql`SELECT ${'a'} AS "text", ${7}::int AS "int", 0.5::float8 AS "float", true AS "boolean",
        'SUCCESS'::"TaskStatus" AS "enum", NULL::text AS "null", ${['a', '"', ',']}::text[] AS "list",
        jsonb_build_object('a', jsonb_build_array(1, NULL, 'b')) AS "json",
        '2026-01-31T12:00:00.123Z'::timestamptz(3) AS "instant"`;
      const rows = await readRows<object>(prisma, statement);
      expect(rows).toEqual(await prisma.$queryRaw(statement));
      expect(rows).toMatchObject([{ int: 7, list: ['a', '"', ','], instant: new Date(1769860800123) }]);
    });

    it('tells a unique violation of a statement past Prisma', async () => {
      const { id } = await createUser();
      const again = Prisma.sql`INSERT INTO "User" SELECT * FROM "User" WHERE "id" = ${id}`;
      const failure = await readRows(prisma, again).catch((error: unknown) => error);
      expect(isUniqueViolation(failure)).toBe(true);
    });

    it('keeps an instant as it was, and compares it with the clock of the server', async () => {
      const { id } = await createUser();
      const instant = new Date('2026-03-29T01:30:00.123Z');
      await prisma.user.update({ where: { id }, data: { createdAt: instant } });
      const [row] = await prisma.$queryRaw<[{ same: boolean; read: Date; zone: string }]>`
        SELECT "createdAt" = '2026-03-29T01:30:00.123Z'::timestamptz AS same, "createdAt" AS read,
          current_setting('TimeZone') AS zone FROM "User" WHERE "id" = ${id}`;
      expect(row).toEqual({ same: true, read: instant, zone: 'UTC' });
    });

    it.each([
      ['a version below 1', { version: 0 }],
      ['a negative cost', { costCredits: -1, refundedCredits: -1 }],
      ['a refund above the cost', { costCredits: 2, refundedCredits: 3 }],
      ['a negative refund', { refundedCredits: -1 }],
      ['progress above 100', { progressPercent: 101 }],
      ['progress below 0', { progressPercent: -1 }],
      ['a failure without its code', { status: 'FAILED' as const, completedAt: new Date() }],
      ['a failure code without a failure', { failureCode: 'TIMEOUT' }],
      ['a final status without its instant', { status: 'SUCCESS' as const }],
    ])('refuses a task with %s', async (_what, fields) => {
      await expect(createTask(fields)).rejects.toThrow(/23514/);
    });

    it('takes tasks at the edges of what is allowed', async () => {
      const completedAt = new Date();
      await createTask({ version: 1, costCredits: 0, refundedCredits: 0, progressPercent: 0 });
      await createTask({ status: 'FAILED', failureCode: 'TIMEOUT', completedAt, refundedCredits: 4 });
      await createTask({ status: 'CANCELED', completedAt, refundedCredits: 4 });
      await createTask({ status: 'SUCCESS', completedAt, progressPercent: 100 });
    });

    it('refuses a balance below zero', async () => {
      const { id } = await createUser(1);
      const spend = prisma.user.update({ where: { id }, data: { credits: { decrement: 2 } } });
      await expect(spend).rejects.toThrow(/23514/);
    });

    it.each([
      ['GRANT', 0, 1],
      ['GRANT', -1, 1],
      ['REFUND', -1, 1],
      ['CHARGE', 0, 1],
      ['CHARGE', 1, 1],
      ['ADJUSTMENT', 1, 1],
      ['CHARGE', -1, -1],
    ] as const)('refuses a %s of %i that leaves %i', async (kind, amount, balanceAfter) => {
      const { id } = await createUser();
      await expect(createEntry(id, kind, amount, balanceAfter)).rejects.toThrow(/23514/);
    });

    it('refuses every change of a ledger entry', async () => {
      const { id: userId } = await createUser();
      const entry = await createEntry(userId, 'GRANT', 3);
      const where = { id: entry.id };
      const changes = [
        () => prisma.creditEntry.update({ where, data: { amount: 4 } }),
        () => prisma.$executeRaw`UPDATE "CreditEntry" SET "amount" = 4`,
        () => prisma.creditEntry.delete({ where }),
        () => prisma.$executeRaw`DELETE FROM "CreditEntry"`,
        () => prisma.$executeRaw`TRUNCATE "CreditEntry"`,
      ];
      for (const change of changes) await expect(change()).rejects.toThrow(/append-only/);
      expect(await prisma.creditEntry.findUnique({ where })).toEqual(entry);
    });

    it('refuses every change of the audit trail', async () => {
      const id = crypto.randomUUID();
      const action = await prisma.operatorAction.create({
        data: { id, operator: 'command', action: 'test' },
      });
      const changes = [
        () => prisma.operatorAction.update({ where: { id }, data: { action: 'other' } }),
        () => prisma.operatorAction.delete({ where: { id } }),
        () => prisma.$executeRaw`TRUNCATE "OperatorAction"`,
      ];
      for (const change of changes) await expect(change()).rejects.toThrow(/append-only/);
      expect(await prisma.operatorAction.findUnique({ where: { id } })).toEqual(action);
    });

    it('keeps the ledger entries of a user that is deleted, and refuses further ones', async () => {
      const { id } = await createUser();
      const entries = [await createEntry(id, 'GRANT', 3), await createEntry(id, 'CHARGE', -2)];
      await prisma.user.delete({ where: { id } });
      expect(
        await prisma.creditEntry.findMany({ where: { userId: id }, orderBy: { number: 'asc' } }),
      ).toEqual(entries);
      expect(await prisma.deletedUser.count({ where: { userId: id } })).toBe(1);
      await expect(createEntry(id, 'GRANT', 3)).rejects.toThrow(/23503|foreign key/i);
    });
  });

  describe(`${name}, being migrated`, () => {
    /** Runs a test on an empty database and one migration, `1_only`. */
    const withMigration = async (sql: string, use: (migrate: () => Promise<string[]>) => Promise<void>) => {
      const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-migrations-'));
      const { target, close } = await harness.openEmpty();
      try {
        await mkdir(path.join(folder, '1_only'));
        await writeFile(path.join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n');
        await writeFile(path.join(folder, '1_only', 'migration.sql'), sql);
        await use(() => applyMigrations(target, folder));
      } finally {
        await close();
        await rm(folder, { recursive: true });
      }
    };

    it('runs a function body with semicolons whole, and once', async () => {
      const body = 'BEGIN PERFORM 1; RETURN 2; END;';
      const sql = `CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ ${body} $$; SELECT f();`;
      await withMigration(sql, async (migrate) => {
        expect(await migrate()).toEqual(['1_only']);
        expect(await migrate()).toEqual([]);
      });
    });

    it('rejects with the reason where a migration fails, and leaves nothing of it behind', async () => {
      await withMigration('CREATE TABLE t (i int); INSERT INTO t VALUES (1 / 0);', async (migrate) => {
        await expect(migrate()).rejects.toThrow(/division by zero.*1_only/s);
        await expect(migrate()).rejects.toThrow(/division by zero.*1_only/s);
      });
    });
  });
}
