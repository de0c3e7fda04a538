/**
 * The mark of a database that `installation move` fills: a table with the id of the installation. While it is there, the
 * database has a part of the installation, which must be neither served nor copied.
 */
import { StartupError } from '../lib/startup-error.ts';
import { isOwnTable, type MigrationTarget, withConnection } from './migrate.ts';

export const moveMark = '_unfinished_move';

/** Whether the mark is in the session's own schema, as `isThere`. */
export const findMoveMark = `SELECT ${isOwnTable(moveMark)} AS "isThere"`;

/** @throws {StartupError} with what to do where a move into the database is not finished */
export async function refuseUnfinishedMove(target: MigrationTarget): Promise<void> {
  const [[isThere] = []] = await withConnection(
    target,
    async ({ adapter }) => (await adapter.queryRaw({ sql: findMoveMark, args: [], argTypes: [] })).rows,
  );
  if (isThere === true)
    throw new StartupError(
      'This database has a part of an installation: a move into it is not finished. Run npm run admin -- installation move ' +
        'again, with the variables of its source, until it prints "Moved". To give up the move, drop this database.',
    );
}
