/** What a move must not delete: rows of a server that opened the target before it was marked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { layMigratedDatabase } from '../../tests/support/databases.ts';
import { addUser } from '../../tests/support/tasks.ts';
import { openPglite } from '../database/pglite.ts';
import { createEmbeddedSession } from '../tables/session.ts';
import { listTables } from '../tables/tables.ts';
import { copyRows } from './rows.ts';
import { claimTarget, completeTarget, TargetTaken } from './target.ts';

async function openEmpty() {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-move-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await layMigratedDatabase(path.join(folder, 'database'));
  const embedded = await openPglite({ folder: path.join(folder, 'database') });
  onTestFinished(() => embedded.close());
  return { prisma: embedded.prisma, session: await createEmbeddedSession(embedded) };
}

it('deletes nothing where a server has used the target since it was marked', async () => {
  const [source, target] = [await openEmpty(), await openEmpty()];
  await addUser(source.prisma, 20);
  const all = await listTables(source.session);
  const installation = all.find(({ name }) => name === 'Installation')!;
  const tables = all.filter((table) => table !== installation);
  await claimTarget(target.session, all, 'moved');

  await target.prisma.installation.create({ data: { id: 'served' } });
  const userId = await addUser(target.prisma, 20);
  const sides = { from: source.session, to: target.session, tables, report: () => {} };
  await expect(copyRows(sides)).rejects.toThrow(TargetTaken);
  expect(await target.prisma.user.count({ where: { id: userId } })).toBe(1);
  await expect(completeTarget(target.session, installation, [{ row: '1', id: 'moved' }])).rejects.toThrow(
    TargetTaken,
  );
  await expect(claimTarget(target.session, all, 'moved')).rejects.toThrow(/A server has used that database/);
});
