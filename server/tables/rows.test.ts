import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openPglite } from '../database/pglite.ts';
import { createEmbeddedSession } from './session.ts';
import { itKeepsRows } from '../../tests/support/conformance/table-rows.ts';
import { layMigratedDatabase } from '../../tests/support/databases.ts';

itKeepsRows('PGlite', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'proofsheet-'));
  const folder = path.join(dataDir, 'database');
  await layMigratedDatabase(folder);
  const embedded = await openPglite({ folder });
  return {
    ...(await createEmbeddedSession(embedded)),
    async close() {
      await embedded.close();
      await rm(dataDir, { recursive: true });
    },
  };
});
