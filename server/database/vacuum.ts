/** What PostgreSQL's autovacuum does on a server: PGlite has no process for it. */
import type { PGlite } from '@electric-sql/pglite';

/** By the defaults of a server: https://www.postgresql.org/docs/17/routine-vacuuming.html#AUTOVACUUM */
const isDue = `
  s."n_dead_tup" > 50 + 0.2 * c."reltuples" OR s."n_mod_since_analyze" > 50 + 0.1 * c."reltuples"
  OR s."n_ins_since_vacuum" > 1000 + 0.2 * c."reltuples"`;

const findTables = (condition: string) => `
  SELECT format('%I', s."relname") AS "name" FROM pg_stat_user_tables AS s JOIN pg_class AS c ON c."oid" = s."relid"
  WHERE pg_relation_size(c."oid") > 0 AND (${condition})`;

/**
 * @returns A function that frees the room of rows that were changed or deleted, and counts what the planner estimates with;
 * first in all tables, as PGlite forgets its counts of changes when it is closed, and then in those that changed enough.
 * The process stands still for one table at a time. It resolves with the number of tables, early on the signal.
 */
export function createVacuum(pglite: PGlite) {
  let isFirst = true;
  return async (signal?: AbortSignal): Promise<number> => {
    await pglite.exec('SELECT pg_stat_force_next_flush()');
    const { rows } = await pglite.query<{ name: string }>(findTables(isFirst ? 'true' : isDue));
    for (const { name } of rows) {
      if (signal?.aborted) return 0;
      await pglite.exec(`VACUUM (ANALYZE) ${name}`);
    }
    isFirst = false;
    return rows.length;
  };
}
