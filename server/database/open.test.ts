import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataDirLocked, lockDataDir } from './lock.ts';
import { openDatabase } from './open.ts';
import { snapshotName, writeSnapshotFile } from './snapshot.ts';

describe('openDatabase with a folder', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'proofsheet-open-'));
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  it('migrates once, refuses a second opener, and keeps rows when opened again', async () => {
    const lines: string[] = [];
    const onLog = (level: string, message: string) => lines.push(`${level}: ${message}`);
    const snapshots = path.join(dataDir, 'none');
    const first = await openDatabase({ dataDir, snapshots, onLog });
    await first.prisma.user.create({ data: { id: 'u', name: 'Someone', email: 'someone@example.test' } });
    await expect(openDatabase({ dataDir })).rejects.toThrow(DataDirLocked);
    await first.check();
    await Promise.all([first.close(), first.close()]);
    await expect(first.check()).rejects.toThrow();

    const second = await openDatabase({ dataDir, onLog });
    expect(await second.prisma.user.count({ where: { id: 'u' } })).toBe(1);
    expect(second.kind).toBe('pglite');
    await second.close();
    expect(lines).toEqual([expect.stringMatching(/^info: Applied .*20261123000000_init/)]);
  });

  it('begins with the snapshot of these migrations', async () => {
    const lines: string[] = [];
    const onLog = (level: string, message: string) => lines.push(`${level}: ${message}`);
    const snapshots = path.join(dataDir, 'snapshots');
    await writeSnapshotFile(snapshots);
    const first = await openDatabase({ dataDir, snapshots, onLog });
    await first.prisma.user.create({ data: { id: 'u', name: 'Someone', email: 'someone@example.test' } });
    await first.close();

    const second = await openDatabase({ dataDir, snapshots, onLog });
    expect(await second.prisma.user.count()).toBe(1);
    await second.close();
    expect(lines).toEqual(['info: Unpacked an empty, migrated database.']);
  });

  it('applies the migrations where the snapshot is damaged', async () => {
    const lines: string[] = [];
    const onLog = (level: string, message: string) => lines.push(`${level}: ${message}`);
    const snapshots = path.join(dataDir, 'snapshots');
    await mkdir(snapshots);
    await writeFile(path.join(snapshots, `${await snapshotName()}.tar.gz`), 'not an archive');
    const database = await openDatabase({ dataDir, snapshots, onLog });
    expect(await database.prisma.user.count()).toBe(0);
    await database.close();
    expect(lines).toEqual([
      expect.stringMatching(/^warn: The snapshot of an empty database was not used/),
      expect.stringMatching(/^info: Applied .*20261123000000_init/),
    ]);
  });

  it('gives the folder back where the database cannot be opened', async () => {
    await writeFile(path.join(dataDir, 'database'), 'not a folder');
    await expect(openDatabase({ dataDir })).rejects.not.toBeInstanceOf(DataDirLocked);
    lockDataDir(dataDir).release();
  });
});
