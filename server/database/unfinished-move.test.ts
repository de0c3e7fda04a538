import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { layMigratedDatabase } from '../../tests/support/databases.ts';
import { openAsIs, openDatabase, openForReading } from './open.ts';
import { moveMark } from './unfinished-move.ts';

it('opens a database for the move alone until the move is done', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'proofsheet-open-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  await layMigratedDatabase(path.join(dataDir, 'database'));
  const run = async (statement: string) => {
    const database = await openDatabase({ dataDir, isMoveTarget: true });
    await database.prisma.$executeRawUnsafe(statement).finally(() => database.close());
  };
  await run(`CREATE TABLE "${moveMark}" ()`);
  for (const open of [openDatabase, openForReading, openAsIs])
    await expect(open({ dataDir })).rejects.toThrow(/a move into it is not finished.*installation move/);
  await run(`DROP TABLE "${moveMark}"`);
  for (const open of [openDatabase, openForReading, openAsIs]) await (await open({ dataDir })).close();
});
