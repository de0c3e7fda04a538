/** Proves that credits, tasks and pictures add up: prints each rule, and exits 1 with the rows that break one. */
import { loadConfig } from '../server/config/config.ts';
import { auditInstallation } from '../server/installation-audit.ts';

try {
  const { results, tasks, entries } = await auditInstallation(loadConfig({ isServing: false }));
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
