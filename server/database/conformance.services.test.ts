import { itKeepsTheDatabaseContract } from './conformance.ts';
import { postgresMigrationTarget } from './postgres.ts';
import { createServerDatabase, openTestServerDatabase } from './testing.ts';

itKeepsTheDatabaseContract('PostgreSQL', {
  open: openTestServerDatabase,
  async openEmpty() {
    const { url, drop } = await createServerDatabase();
    return { target: postgresMigrationTarget(url), close: drop };
  },
});
