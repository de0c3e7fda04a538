/**
 * Marks a database while it is filled. The mark is made in the empty database, and dropped in the transaction that writes
 * the row `Installation`, without which no server has ever run.
 */
import { findMoveMark, moveMark } from '../database/unfinished-move.ts';
import { countRows, insertRows, type Row } from '../tables/rows.ts';
import { inTransaction, type Session } from '../tables/session.ts';
import type { Table } from '../tables/tables.ts';

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
    if (marked !== undefined) return assertNoServer(to);
    const filled: string[] = [];
    for (const table of tables) if ((await countRows(to, table)) > 0) filled.push(table.name);
    if (await isComplete(to, installationId))
      throw new TargetTaken(
        'An earlier run has finished this move. Nothing was changed. Start every node with the variables of the target.',
      );
    if (filled.length > 0)
      throw new TargetTaken(
        `That database has data already (${filled.slice(0, 3).join(', ')}). Nothing was changed. Use an empty one.`,
      );
    await to.query(`CREATE TABLE "${moveMark}" ("installation" text PRIMARY KEY)`);
    await to.query(`INSERT INTO "${moveMark}" VALUES ($1)`, [installationId]);
  });
}

/**
 * Locks `Installation` until the transaction ends, and checks that it is empty: a server that opened the database before
 * it was marked may have written to it since.
 * @throws {TargetTaken} with what to do
 */
export async function assertNoServer(to: Session): Promise<void> {
  await to.query('LOCK TABLE "Installation" IN SHARE MODE');
  const rows = await to.query('SELECT 1 FROM "Installation"');
  if (rows.length > 0)
    throw new TargetTaken(
      'A server has used that database before the move was done. Nothing was deleted. Stop it, and run this again with an empty database.',
    );
}

/**
 * Writes the row `Installation`, with which the target is complete, and removes the mark.
 * @throws {TargetTaken} where a server has used the target meanwhile
 */
export async function completeTarget(to: Session, installation: Table, rows: readonly Row[]): Promise<void> {
  await inTransaction(to, 'write', async () => {
    await assertNoServer(to);
    await insertRows(to, installation, rows);
    await to.query(`DROP TABLE "${moveMark}"`);
  });
}

async function readMark(to: Session): Promise<string | undefined> {
  const [found] = await to.query<{ isThere: boolean }>(findMoveMark);
  if (!found?.isThere) return undefined;
  const [mark] = await to.query<{ installation: string }>(`SELECT "installation" FROM "${moveMark}"`);
  return mark?.installation ?? '';
}

async function isComplete(to: Session, installationId: string): Promise<boolean> {
  const [found] = await to.query(`SELECT 1 FROM "Installation" WHERE "id" = $1`, [installationId]);
  return found !== undefined;
}
