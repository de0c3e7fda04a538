/**
 * Reads and writes whole tables, on either database. Values travel as PostgreSQL's own text of them, so every one arrives
 * as it was: numbers of any size, microseconds, json with its null apart from SQL's, bytes, arrays.
 */
import type { Session } from './session.ts';
import { quoted, type Table } from './tables.ts';

/** The values of a row by column, as text; null for NULL. Safe in JSON. */
export type Row = Readonly<Record<string, string | null>>;

const pageSize = 500;

/**
 * All rows of a table by its primary key, a page at a time.
 * @param options.after The key values of a row, in the order of the key: only rows after it.
 * @param options.size Rows of a page (500).
 */
export async function* readPages(
  session: Session,
  table: Table,
  { after, size = pageSize }: { after?: readonly string[] | undefined; size?: number } = {},
): AsyncGenerator<Row[]> {
  const { name, columns, key } = table;
  const keyColumns = key.map(quoted).join(', ');
  const texts = columns.map((column) => `${quoted(column.name)}::text AS ${quoted(column.name)}`);
  const bounds = key.map((column, index) => `$${index + 2}::text::${typeOf(table, column)}`).join(', ');
  for (let last = after; ;) {
    // Sorted inside, where the names mean the columns and not their texts.
    const rows = await session.query<{ row: Row }>(
      `SELECT (SELECT row_to_json(texts) FROM (SELECT ${texts.join(', ')}) texts) AS "row"
      FROM (SELECT * FROM ${quoted(name)} ${last ? `WHERE (${keyColumns}) > (${bounds})` : ''}
        ORDER BY ${keyColumns} LIMIT $1::int) page ORDER BY ${key.map((column) => `page.${quoted(column)}`).join(', ')}`,
      [size, ...(last ?? [])],
    );
    if (rows.length > 0) yield rows.map(({ row }) => row);
    if (rows.length < size) return;
    last = keyOf(table, rows.at(-1)!.row);
  }
}

/** The key values of a row, for `after`. */
export const keyOf = ({ key }: Table, row: Row): string[] => key.map((column) => row[column]!);

/**
 * Inserts rows in one statement, a few hundred at most. A column that the rows lack gets its default.
 * @param options.skipExisting Leave rows as they are whose primary key is there; without it they fail the statement.
 * @returns How many were inserted.
 * @throws {Error} Where the rows have a column that the table lacks.
 */
export async function insertRows(
  session: Session,
  table: Table,
  rows: readonly Row[],
  { skipExisting = false } = {},
): Promise<number> {
  const [first] = rows;
  if (!first) return 0;
  const names = Object.keys(first);
  const columns = names.map(quoted).join(', ');
  const texts = names.map((name) => `${quoted(name)} text`).join(', ');
  const values = names.map((name) => `texts.${quoted(name)}::${typeOf(table, name)}`).join(', ');
  const conflict = skipExisting ? `ON CONFLICT (${table.key.map(quoted).join(', ')}) DO NOTHING` : '';
  const [counted] = await session.query<{ count: number }>(
    `WITH inserted AS (
      INSERT INTO ${quoted(table.name)} (${columns})
      SELECT ${values} FROM json_to_recordset($1::text::json) AS texts(${texts}) ${conflict} RETURNING 1
    ) SELECT count(*)::int AS "count" FROM inserted`,
    [JSON.stringify(rows)],
  );
  return counted!.count;
}

export async function countRows(session: Session, { name }: Table): Promise<number> {
  const [row] = await session.query<{ count: number }>(
    `SELECT count(*)::float8 AS "count" FROM ${quoted(name)}`,
  );
  return row!.count;
}

/**
 * Runs the work without the triggers of the schema, which number, count and send what is written for the first time;
 * foreign keys and CHECKs hold. Inside a transaction, whose end lets other sessions write to the tables again. The
 * session's user has to own the tables, as the one that ran the migrations does.
 */
export async function withoutTriggers<Result>(
  session: Session,
  tables: readonly Table[],
  work: () => Promise<Result>,
): Promise<Result> {
  const set = async (state: 'DISABLE' | 'ENABLE') => {
    for (const { name } of tables) await session.query(`ALTER TABLE ${quoted(name)} ${state} TRIGGER USER`);
  };
  await set('DISABLE');
  const result = await work();
  await set('ENABLE');
  return result;
}

/** @throws {Error} Where the table has no such column. */
function typeOf({ name, columns }: Table, column: string): string {
  const type = columns.find((each) => each.name === column)?.type;
  if (type === undefined) throw new Error(`The table ${name} has no column ${column}.`);
  return type;
}
