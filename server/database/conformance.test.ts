import { itKeepsTheDatabaseContract } from '../../tests/support/conformance/database.ts';
import { openPglite, pgliteMigrationTarget } from './pglite.ts';
import { openTestMemoryDatabase } from '../../tests/support/databases.ts';

itKeepsTheDatabaseContract('PGlite', {
  open: openTestMemoryDatabase,
  async openEmpty() {
    const { pglite, close } = await openPglite();
    return { target: pgliteMigrationTarget(pglite), close };
  },
});
