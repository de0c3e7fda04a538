/** Proves that credits and tasks add up: prints each rule, and exits 1 with the rows that break one. */
import { loadConfig } from '../server/config.ts';
import { openDatabase } from '../server/database/open.ts';
import { audit } from '../server/tasks/audit.ts';

try {
  const { databaseUrl, dataDir } = loadConfig();
  const database = await openDatabase({ url: databaseUrl, dataDir });
  const [results, tasks, entries] = await Promise.all([
    audit(database.prisma),
    database.prisma.task.count(),
    database.prisma.creditEntry.count(),
  ]).finally(() => database.close());
  for (const { rule, faults } of results) {
    console.log(`${faults.length ? 'BROKEN' : 'holds '}  ${rule}`);
    for (const fault of faults) console.log(`        ${JSON.stringify(fault)}`);
  }
  const broken = results.filter(({ faults }) => faults.length).length;
  console.log(`${tasks} tasks, ${entries} entries: ${broken} of ${results.length} rules broken`);
  process.exitCode = broken ? 1 : 0;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
