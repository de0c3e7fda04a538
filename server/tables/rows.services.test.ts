import { openPostgresSession } from './session.ts';
import { itKeepsRows } from '../../tests/support/conformance/table-rows.ts';
import { openTestServerDatabase } from '../../tests/support/databases.ts';

itKeepsRows('PostgreSQL', async () => {
  const database = await openTestServerDatabase();
  const session = await openPostgresSession(database.url!);
  return { ...session, close: () => session.close().then(() => database.close()) };
});
