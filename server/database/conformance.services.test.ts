import { itKeepsTheDatabaseContract } from '../../tests/support/conformance/database.ts';
import { postgresMigrationTarget } from './postgres.ts';
import { createServerDatabase, openTestServerDatabase } from '../../tests/support/databases.ts';

itKeepsTheDatabaseContract('PostgreSQL', {
  open: openTestServerDatabase,
  async openEmpty() {
    const { url, drop } = await createServerDatabase();
    return { target: postgresMigrationTarget(url), close: drop };
  },
});
