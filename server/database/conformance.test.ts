import { itKeepsTheDatabaseContract } from './conformance.ts';
import { openPglite, pgliteMigrationTarget } from './pglite.ts';
import { openTestMemoryDatabase } from './testing.ts';

itKeepsTheDatabaseContract('PGlite', {
  open: openTestMemoryDatabase,
  async openEmpty() {
    const { pglite, close } = await openPglite();
    return { target: pgliteMigrationTarget(pglite), close };
  },
});
