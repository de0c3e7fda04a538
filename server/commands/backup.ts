/** `npm run admin -- backup create` and `check`. */
import path from 'node:path';
import { openUnsignedStorage } from '../adapters.ts';
import type { LocalWork } from '../admin/command/commands.ts';
import { openBackupSource } from './backup-source.ts';
import { onInterrupt } from './interrupt.ts';
import { checkBackup } from '../backup/archive-reader.ts';
import { createBackup } from '../backup/create.ts';
import { digestOf } from '../backup/format.ts';
import { loadConfig } from '../config/config.ts';
import { assertDatabase, findSecrets } from '../data-dir.ts';
import { readVersion } from '../version.ts';

export const backup: LocalWork = async ([name], _, report) => {
  const config = loadConfig({ isServing: false });
  assertDatabase(config);
  const file = name ?? `proofsheet-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}Z.tar`;
  await using opened = new AsyncDisposableStack();
  const { signal, stop } = onInterrupt();
  opened.defer(stop);
  const source = await openBackupSource(config, opened);
  const storage = await openUnsignedStorage(config);
  const { current: secret } = await findSecrets(config);
  const { byteSize, manifest, pictures } = await createBackup(
    file,
    {
      ...source,
      storage,
      version: await readVersion(),
      secret: config.authSecret ? undefined : secret,
      secretDigest: secret === undefined ? null : digestOf(secret),
    },
    { signal, report },
  );
  const { missing, changed, deleted, objects } = pictures;
  for (const key of missing) report(`Not in storage: ${key}`);
  for (const key of changed) report(`Not the bytes of its row: ${key}`);
  if (missing.length + changed.length > 0)
    report('The backup is as the installation is: npm run audit shows what is wrong with it.');
  return {
    file: path.resolve(file),
    megabytes: Math.ceil(byteSize / 1e6),
    of: manifest.createdAt,
    rows: Object.values(manifest.tables).reduce((sum, count) => sum + count, 0),
    objects,
    deletedMeanwhile: deleted.length,
    faults: missing.length + changed.length,
  };
};

export const checkBackupFile: LocalWork = async ([file]) => {
  const { manifest, objects } = await checkBackup(file!);
  const { version, createdAt, migrations, tables } = manifest;
  return { file: path.resolve(file!), of: createdAt, version, migration: migrations.at(-1), objects, tables };
};
