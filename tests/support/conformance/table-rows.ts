/** What copying rows has to keep, from and to either database. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  insertRows,
  countRows,
  keyOf,
  readPages,
  type Row,
  withoutTriggers,
} from '../../../server/tables/rows.ts';
import { type ClosableSession, inTransaction } from '../../../server/tables/session.ts';
import { listTables, readSequences, type Table, writeSequences } from '../../../server/tables/tables.ts';

/** Values that a detour over JavaScript's types, or over JSON's, would change. */
const precious = `
  CREATE TYPE "Mood" AS ENUM ('GLAD', 'a "quoted", one');
  CREATE TABLE "Precious" (
    "kind" text, "number" bigint, "instant" timestamptz, "day" date, "decimal" numeric, "real" float8, "bytes" bytea,
    "json" json, "jsonb" jsonb, "moods" "Mood"[], "grid" int[], "text" text, "flag" boolean, PRIMARY KEY ("number", "kind")
  );
  INSERT INTO "Precious" VALUES
    ('a', 9007199254740993, '2026-01-31 12:00:00.123456+05', '2026-01-31', 0.10, 0.1::float8 + 0.2, '\\x00ff5c', '{"b": 1,  "a":2}',
      '{"a": [1e400]}', ARRAY['GLAD', 'a "quoted", one']::"Mood"[], '{{1,2},{3,NULL}}', E'\\\\ "\\n\\t😀', true),
    ('b', 9007199254740993, 'infinity', '0044-03-15 BC', 'NaN', '-Infinity', '', 'null', 'null', '{}', '{}', '', false),
    ('a', -9223372036854775808, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`;

/** @param open Opens an empty, migrated database, which closing removes. */
export function itKeepsRows(name: string, open: () => Promise<ClosableSession>) {
  describe(`rows of ${name}`, () => {
    let [from, to] = [] as ClosableSession[];
    beforeAll(async () => {
      [from, to] = await Promise.all([open(), open()]);
    });
    afterAll(() => Promise.all([from!.close(), to!.close()]));

    const tableOf = async (session: ClosableSession, table: string): Promise<Table> =>
      (await listTables(session)).find((each) => each.name === table)!;
    const allRows = async (session: ClosableSession, table: Table, size?: number) => {
      const rows: Row[] = [];
      for await (const page of readPages(session, table, { ...(size && { size }) })) rows.push(...page);
      return rows;
    };

    it('lists every table of the schema, after those it refers to', async () => {
      const names = (await listTables(from!)).map((table) => table.name);
      expect(names.toSorted()).toEqual(modelTables().toSorted());
      for (const [parent, child] of [
        ['User', 'Task'],
        ['Task', 'Image'],
        ['Image', 'TaskReference'],
      ] as const)
        expect(names.indexOf(parent)).toBeLessThan(names.indexOf(child));
    });

    it('keeps every value exactly, a page at a time and from any row on', async () => {
      for (const statement of precious.split(/;\s*\n/)) await from!.query(statement);
      for (const statement of precious.split(/;\s*\n/).slice(0, 2)) await to!.query(statement);
      const table = await tableOf(from!, 'Precious');
      const rows = await allRows(from!, table, 1);
      expect(rows).toHaveLength(3);
      expect(rows).toEqual(await allRows(from!, table));
      expect(await insertRows(to!, await tableOf(to!, 'Precious'), JSON.parse(JSON.stringify(rows)))).toBe(3);
      const texts = (session: ClosableSession) =>
        session.query(`SELECT p::text AS "row", p."jsonb" IS NULL AS "isNull" FROM "Precious" p ORDER BY 1`);
      expect(await texts(to!)).toEqual(await texts(from!));
      expect(await countRows(to!, table)).toBe(3);
      const later: Row[] = [];
      for await (const page of readPages(from!, table, { after: keyOf(table, rows[0]!) }))
        later.push(...page);
      expect(later).toEqual(rows.slice(1));
      expect(await insertRows(to!, table, rows, { skipExisting: true })).toBe(0);
      await expect(insertRows(to!, table, rows)).rejects.toThrow('duplicate key');
      await expect(insertRows(to!, table, [{ newer: 'x' }])).rejects.toThrow('has no column newer');
    });

    it('writes without triggers, with foreign keys, and undoes all of it together', async () => {
      const tables = await listTables(to!);
      const [user, entry, session] = ['User', 'CreditEntry', 'Session'].map((each) =>
        tables.find((table) => table.name === each),
      );
      const instant = '2026-01-31 12:00:00.123+00';
      const write = async (rows: [Table, Row][]) =>
        inTransaction(to!, 'write', () =>
          withoutTriggers(to!, [user!, entry!, session!], async () => {
            for (const [table, row] of rows) await insertRows(to!, table, [row]);
          }),
        );
      const owner: Row = { id: 'u', name: 'n', email: 'u@example.test', updatedAt: instant };
      const charge: Row = {
        id: 'e',
        userId: 'gone',
        kind: 'GRANT',
        amount: '5',
        balanceAfter: '5',
        reason: 'r',
        number: '7',
      };
      const stray: Row = { id: 's', token: 't', userId: 'nobody', expiresAt: instant, updatedAt: instant };
      await expect(
        write([
          [user!, owner],
          [entry!, charge],
          [session!, stray],
        ]),
      ).rejects.toThrow('foreign key');
      expect([await countRows(to!, user!), await countRows(to!, entry!)]).toEqual([0, 0]);
      await write([
        [user!, owner],
        [entry!, charge],
      ]);
      expect(await allRows(to!, entry!)).toMatchObject([charge]);
      // The triggers are on again.
      await expect(to!.query(`UPDATE "CreditEntry" SET "amount" = 6`)).rejects.toThrow('append-only');
    });

    it('continues sequences', async () => {
      const [sequence] = await readSequences(from!);
      expect(sequence).toEqual({ name: 'OutgoingWebhook_number_seq', lastValue: '1', isCalled: false });
      const later = { ...sequence!, lastValue: '9007199254740993', isCalled: true };
      await writeSequences(to!, [later]);
      expect(await readSequences(to!)).toEqual([later]);
    });
  });
}

/** The tables that schema.prisma describes. */
function modelTables(): string[] {
  const schema = readFileSync(path.join(import.meta.dirname, '../../../prisma/schema.prisma'), 'utf8');
  return [...schema.matchAll(/^model (\w+) \{(.*?)^\}/gms)].map(
    ([, model, body]) => /@@map\("(\w+)"\)/.exec(body!)?.[1] ?? model!,
  );
}
