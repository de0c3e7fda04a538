/** All rules of an installation: credits, tasks and pictures. */
import { openUnsignedStorage } from './adapters.ts';
import type { Config } from './config/config.ts';
import { assertDatabase } from './data-dir.ts';
import { openForReading } from './database/open.ts';
import { auditPictures } from './images/audit.ts';
import { audit, type AuditResult } from './tasks/audit.ts';

export interface InstallationAudit {
  results: AuditResult[];
  /** How many there are. */
  tasks: number;
  entries: number;
}

/** @throws {Error} where there is no database, or another process uses it */
export async function auditInstallation(config: Config): Promise<InstallationAudit> {
  assertDatabase(config);
  const database = await openForReading({ url: config.databaseUrl, dataDir: config.dataDir });
  try {
    const { prisma } = database;
    const storage = await openUnsignedStorage(config);
    const results = [
      ...(await audit(prisma)),
      ...(await auditPictures({ prisma, storage, prefix: config.s3?.prefix })),
    ];
    return { results, tasks: await prisma.task.count(), entries: await prisma.creditEntry.count() };
  } finally {
    await database.close();
  }
}
