/** Proves that credits, tasks and pictures add up: prints each rule, and exits 1 with the rows that break one. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { openStorage } from '../server/adapters.ts';
import { loadConfig } from '../server/config.ts';
import { openForReading } from '../server/database/open.ts';
import { auditPictures } from '../server/images/audit.ts';
import { audit } from '../server/tasks/audit.ts';

try {
  const config = loadConfig({ isServing: false });
  if (!config.databaseUrl && !existsSync(path.join(config.dataDir, 'database')))
    throw new Error(`There is no database in ${path.resolve(config.dataDir)}. Set DATA_DIR or DATABASE_URL.`);
  const database = await openForReading({ url: config.databaseUrl, dataDir: config.dataDir });
  try {
    const { prisma } = database;
    // The secret signs addresses, which nothing here asks for.
    const { storage } = await openStorage(config, { publicUrl: '', secret: '' });
    const results = [
      ...(await audit(prisma)),
      ...(await auditPictures({ prisma, storage, prefix: config.s3?.prefix })),
    ];
    for (const { rule, faults } of results) {
      console.log(`${faults.length ? 'BROKEN' : 'holds '}  ${rule}`);
      for (const fault of faults) console.log(`        ${JSON.stringify(fault)}`);
    }
    const broken = results.filter(({ faults }) => faults.length).length;
    const [tasks, entries] = [await prisma.task.count(), await prisma.creditEntry.count()];
    console.log(`${tasks} tasks, ${entries} entries: ${broken} of ${results.length} rules broken`);
    process.exitCode = broken ? 1 : 0;
  } finally {
    await database.close();
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
