/**
 * The mark of a database that is being filled: a table that names the installation which is moved there. It is made in the
 * empty database, and dropped in the transaction that writes the row `Installation`, without which no server has ever run.
 */
import { countRows, insertRows, type Row } from '../tables/rows.ts';
import { inTransaction, type Session } from '../tables/session.ts';
import type { Table } from '../tables/tables.ts';

export const markTable = '_unfinished_move';

/** Another installation, or something else, is in the target. */
export class TargetTaken extends Error {
  override name = 'TargetTaken';
}

/**
 * Marks an empty database as the target of this installation; does nothing where an earlier run did.
 * @param tables All tables of the schema.
 * @throws {TargetTaken} with what to do
 */
export async function claimTarget(
  to: Session,
  tables: readonly Table[],
  installationId: string,
): Promise<void> {
  await inTransaction(to, 'write', async () => {
    const marked = await readMark(to);
    if (marked !== undefined && marked !== installationId)
      throw new TargetTaken('Another installation is being moved into that database. Use an empty one.');
    const filled: string[] = [];
    for (const table of tables) if ((await countRows(to, table)) > 0) filled.push(table.name);
    if (filled.includes('Installation') && marked !== undefined)
      throw new TargetTaken(
        'A server has used that database before the move was done. Drop it, make an empty one, and run this again.',
      );
    if (marked !== undefined) return;
    if (await isComplete(to, installationId))
      throw new TargetTaken(
        'An earlier run has finished this move. Nothing was changed. Start every node with the variables of the target.',
      );
    if (filled.length > 0)
      throw new TargetTaken(
        `That database has data already (${filled.slice(0, 3).join(', ')}). Nothing was changed. Use an empty one.`,
      );
    await to.query(`CREATE TABLE "${markTable}" ("installation" text PRIMARY KEY)`);
    await to.query(`INSERT INTO "${markTable}" VALUES ($1)`, [installationId]);
  });
}

/** Writes the row `Installation`, with which the target is complete, and removes the mark. */
export async function completeTarget(to: Session, installation: Table, rows: readonly Row[]): Promise<void> {
  await inTransaction(to, 'write', async () => {
    await insertRows(to, installation, rows);
    await to.query(`DROP TABLE "${markTable}"`);
  });
}

async function readMark(to: Session): Promise<string | undefined> {
  const [found] = await to.query<{ isThere: boolean }>(
    `SELECT to_regclass('"${markTable}"') IS NOT NULL AS "isThere"`,
  );
  if (!found?.isThere) return undefined;
  const [mark] = await to.query<{ installation: string }>(`SELECT "installation" FROM "${markTable}"`);
  return mark?.installation ?? '';
}

async function isComplete(to: Session, installationId: string): Promise<boolean> {
  const [found] = await to.query(`SELECT 1 FROM "Installation" WHERE "id" = $1`, [installationId]);
  return found !== undefined;
}
