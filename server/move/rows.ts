/** Copies all rows into a database that is being filled, and compares them. */
import { countRows, insertRows, readPages, withoutTriggers } from '../tables/rows.ts';
import { inTransaction, type Session } from '../tables/session.ts';
import { quoted, type Table } from '../tables/tables.ts';
import { assertNoServer } from './target.ts';

/** Called with a line for the operator. */
export type Report = (line: string) => void;

interface Sides {
  from: Session;
  to: Session;
  /** Each after those that it refers to. */
  tables: readonly Table[];
  report: Report;
}

/**
 * Copies what the target lacks, each page in a transaction of its own, until both sides have the same rows. Rows of an
 * earlier run are kept; where the source has changed since, they are deleted and all are copied again.
 * @returns The number of rows by table.
 * @throws {Error} Where the rows still differ.
 * @throws {TargetTaken} Where they differ because a server has used the target: its rows are kept.
 */
export async function copyRows(sides: Sides): Promise<Record<string, number>> {
  for (let isRepeated = false; ; isRepeated = true) {
    const counts = await copiedCounts(sides);
    if (counts) return counts;
    if (isRepeated)
      throw new Error(
        'The rows of the target differ from those that were copied: something else writes to it.',
      );
    sides.report('The source has changed since an earlier run: copying all rows again.');
    await deleteRows(sides);
  }
}

/** Copies the tables. @returns undefined where the sides then differ */
async function copiedCounts(sides: Sides): Promise<Record<string, number> | undefined> {
  const counts: Record<string, number> = {};
  for (const table of sides.tables) {
    const isCopied = await copyTable(sides, table).then(
      () => true,
      (error: unknown) => {
        // A row of an earlier run is in the way.
        if (isConstraintViolation(error)) return false;
        throw error;
      },
    );
    if (!isCopied) return undefined;
    const count = await countSame(sides, table);
    if (count === undefined) return undefined;
    counts[table.name] = count;
  }
  return counts;
}

/** @throws {Error} with what to do where the rows differ, because a node has written since they were copied */
export async function assertSameRows(sides: Omit<Sides, 'report'>): Promise<void> {
  for (const table of sides.tables)
    if ((await countSame(sides, table)) === undefined)
      throw new Error(
        `The rows of ${table.name} have changed during the move. Stop every node, and run this again: it goes on.`,
      );
}

/** The number of rows; undefined where those of the sides differ. */
async function countSame({ from, to }: Omit<Sides, 'report'>, table: Table): Promise<number | undefined> {
  const [there, here] = [await digestRows(from, table), await digestRows(to, table)];
  return there.count === here.count && there.digest === here.digest ? here.count : undefined;
}

async function copyTable({ from, to, report }: Sides, table: Table): Promise<void> {
  const total = await countRows(from, table);
  let done = 0;
  for await (const page of readPages(from, table)) {
    await inTransaction(to, 'write', () =>
      withoutTriggers(to, [table], () => insertRows(to, table, page, { skipExisting: true })),
    );
    done += page.length;
    report(`${table.name}: ${done} of ${total} rows`);
  }
}

async function deleteRows({ to, tables }: Sides): Promise<void> {
  const names = tables.map(({ name }) => quoted(name)).join(', ');
  await inTransaction(to, 'write', async () => {
    await assertNoServer(to);
    await withoutTriggers(to, tables, () => to.query(`TRUNCATE ${names} CASCADE`));
  });
}

/**
 * The number of rows, and the sum of their hashes: equal on both sides where, in any order, the rows are equal. Orders of
 * text differ between servers.
 */
async function digestRows(session: Session, { name, columns }: Table) {
  const texts = columns.map((column) => `${quoted(column.name)}::text`).join(', ');
  const [row] = await session.query<{ count: number; digest: string }>(
    `SELECT count(*)::float8 AS "count",
      coalesce(sum(('x' || left(md5(ROW(${texts})::text), 16))::bit(64)::bigint::numeric), 0)::text AS "digest"
    FROM ${quoted(name)}`,
  );
  return row!;
}

/** Class 23 of PostgreSQL's error codes. */
const isConstraintViolation = (error: unknown) =>
  String((error as { code?: unknown } | undefined)?.code).startsWith('23');
