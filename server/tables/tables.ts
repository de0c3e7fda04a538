/** The tables of the installation as the database's own catalogue has them, so that no table is forgotten. */
import type { Session } from './session.ts';

export interface Table {
  name: string;
  columns: readonly Column[];
  /** The columns of the primary key, in its order. */
  key: readonly string[];
}

export interface Column {
  name: string;
  /** As SQL writes it, such as `timestamp(3) with time zone`. */
  type: string;
}

interface CatalogueRow {
  name: string;
  columns: Column[];
  key: string[];
  /** Tables that its foreign keys name. */
  references: string[];
}

/** Prisma's history of migrations describes the schema, not the installation. */
const historyTable = '_prisma_migrations';

const catalogue = `
  SELECT c.relname::text AS "name",
    (SELECT json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum)
      FROM pg_attribute a
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS "columns",
    (SELECT coalesce(json_agg(a.attname ORDER BY k.place), '[]')
      FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place), pg_attribute a
      WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.attnum) AS "key",
    (SELECT coalesce(json_agg(DISTINCT r.relname), '[]') FROM pg_constraint f JOIN pg_class r ON r.oid = f.confrelid
      WHERE f.conrelid = c.oid AND f.contype = 'f' AND r.oid <> c.oid) AS "references"
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relname <> '${historyTable}'
  ORDER BY c.relname`;

/**
 * All tables, each after those that its foreign keys name: the order to write them in.
 * @throws {Error} for a table without a primary key, and for foreign keys in a circle
 */
export async function listTables(session: Session): Promise<Table[]> {
  const rows = await session.query<CatalogueRow>(catalogue);
  for (const { name, key } of rows)
    if (key.length === 0) throw new Error(`The table ${name} has no primary key.`);
  const ordered: CatalogueRow[] = [];
  const isPlaced = (name: string) => ordered.some((row) => row.name === name);
  while (ordered.length < rows.length) {
    const next = rows.find(({ name, references }) => !isPlaced(name) && references.every(isPlaced));
    if (!next) throw new Error('Foreign keys of the tables form a circle.');
    ordered.push(next);
  }
  return ordered.map(({ name, columns, key }) => ({ name, columns, key }));
}

export interface Sequence {
  name: string;
  /** A bigint. */
  lastValue: string;
  isCalled: boolean;
}

/** The sequences with their state. Read them after the rows that took their numbers. */
export async function readSequences(session: Session): Promise<Sequence[]> {
  const names = await session.query<{ name: string }>(`
    SELECT c.relname::text AS "name" FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind = 'S' ORDER BY c.relname`);
  const sequences: Sequence[] = [];
  for (const { name } of names) {
    const [state] = await session.query<Omit<Sequence, 'name'>>(
      `SELECT last_value::text AS "lastValue", is_called AS "isCalled" FROM ${quoted(name)}`,
    );
    sequences.push({ name, ...state! });
  }
  return sequences;
}

/** Continues the sequences where they were. Not undone with a transaction. */
export async function writeSequences(session: Session, sequences: readonly Sequence[]): Promise<void> {
  for (const { name, lastValue, isCalled } of sequences)
    await session.query('SELECT setval($1::regclass, $2::bigint, $3::boolean)', [
      quoted(name),
      lastValue,
      isCalled,
    ]);
}

/** A name as SQL takes it. */
export const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
