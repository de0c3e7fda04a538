/** `npm run admin -- installation move`: the installation of this configuration into the one of another. */
import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { openUnsignedStorage } from '../adapters.ts';
import type { LocalWork } from '../admin/command/commands.ts';
import { UsageError } from '../admin/command/usage-error.ts';
import { type Config, loadConfig, readConfig } from '../config/config.ts';
import { assertDatabase, findSecrets, prepareDataDir } from '../data-dir.ts';
import { claimFor, ownPrefixOf } from '../images/storage-prefix.ts';
import { type End, openSource, openTarget, type Place } from '../move/ends.ts';
import { copyFiles } from '../move/files.ts';
import { assertSameRows, copyRows, type Report } from '../move/rows.ts';
import { claimTarget, completeTarget } from '../move/target.ts';
import { readPages, type Row } from '../tables/rows.ts';
import { listTables, readSequences, type Table, writeSequences } from '../tables/tables.ts';
import { audit, deadlineRule } from '../tasks/audit.ts';
import { countUnreadableBy, describeUnreadable } from '../webhooks/delivery/unreadable-secrets.ts';

/** The variables of the target are in a file, as secrets in arguments can be read by every user of the machine. */
export const move: LocalWork = async (_, values, report) => {
  const file = values['to'];
  if (typeof file !== 'string')
    throw new UsageError('Name the file with the variables of the target: --to <file>.');
  const from = loadConfig({ isServing: false });
  const to = readConfig(parseEnv(await readFile(file, 'utf8')), { isServing: false });
  const isSameDatabase = placeName(from) === placeName(to);
  const isSameStorage = storageName(from) === storageName(to);
  if (isSameDatabase && isSameStorage)
    throw new Error(
      `${file} names the database and the storage that are in use already: there is nothing to move.`,
    );
  assertDatabase(from);
  const takeSecret = await checkedSecret(from, to, file);

  await using opened = new AsyncDisposableStack();
  const source = await openSource(placeOf(from));
  opened.defer(() => source.close());
  const tables = await listTables(source);
  const installation = tables.find(({ name }) => name === 'Installation')!;
  const [own] = await allRows(source, installation);
  if (!own) throw new Error('No server has used this installation yet: there is nothing to move.');
  const id = own['id']!;
  const target = isSameDatabase ? undefined : await openTargetOf(to, opened);
  const others = tables.filter((table) => table !== installation);
  if (target) await claimTarget(target, tables, id);
  await takeSecret?.();
  const storages = isSameStorage ? undefined : await openStorages({ from, to, source, id });

  const rows = target && (await copyRows({ from: source, to: target, tables: others, report }));
  const images = tables.find(({ name }) => name === 'Image')!;
  const files = storages && (await copyFiles(storages, { session: source, images, report }));
  const rules = await (target ?? source).read(auditRules);
  // What nodes of the target cannot read: the source may be in the middle of a rotation.
  const secrets = await findSecrets(to);
  const unreadable = (await (target ?? source).read((prisma) => countUnreadableBy(secrets, prisma))) ?? 0;
  await source.assertUnused();
  if (target) {
    await assertSameRows({ from: source, to: target, tables: others });
    await writeSequences(target, await readSequences(source));
    await completeTarget(target, installation, [own]);
  }
  if (files) reportMissing(files.missing, report);
  if (unreadable > 0) report(describeUnreadable(unreadable));
  report(`Moved. The source is as it was. Start every node with the variables in ${file}.`);
  return {
    ...(rows && { rows: { ...rows, Installation: 1 } }),
    ...(files && {
      files: files.files,
      filesAlreadyThere: files.alreadyThere,
      filesMissing: files.missing.length,
    }),
    rulesThatHold: rules,
  };
};

const placeOf = ({ databaseUrl, dataDir }: Config): Place => ({ url: databaseUrl, dataDir });

const placeName = ({ databaseUrl, dataDir }: Config) => databaseUrl ?? path.resolve(dataDir);

const storageName = ({ s3, dataDir }: Config) =>
  s3 ? JSON.stringify([s3.endpoint, s3.bucket]) : path.resolve(dataDir, 'pictures');

async function openTargetOf(to: Config, opened: AsyncDisposableStack): Promise<End> {
  if (!to.databaseUrl) await prepareDataDir(to.dataDir);
  const target = await openTarget(placeOf(to));
  opened.defer(() => target.close());
  return target;
}

/**
 * Sessions, addresses and the secrets of webhooks depend on the secret of the installation.
 * @returns Copies its file, where the target needs that.
 * @throws {Error} with what to do where the target would have another one
 */
async function checkedSecret(
  from: Config,
  to: Config,
  file: string,
): Promise<(() => Promise<void>) | undefined> {
  const [ownFile, targetFile] = [from, to].map(({ dataDir }) => path.join(dataDir, 'secret'));
  const { current: secret } = await findSecrets(from);
  if (secret === undefined)
    throw new Error(
      'Set AUTH_SECRET to the one of the nodes, so that it can be compared with that of the target.',
    );
  const { current: there, accepted } = await findSecrets(to);
  if (there === secret || accepted.includes(secret)) return undefined;
  const isFile = from.authSecret === undefined;
  if (there === undefined && isFile && !to.databaseUrl) return () => copyFile(ownFile!, targetFile!);
  throw new Error(
    `The target has not the secret of this installation: all sessions would end, and webhooks fail. In ${file}, set AUTH_SECRET to ` +
      `${isFile ? `the text in ${path.resolve(ownFile!)}` : 'the one that is set here'}, or add that to AUTH_SECRETS_ACCEPTED.`,
  );
}

interface FileMove {
  from: Config;
  to: Config;
  source: End;
  /** Of the installation. */
  id: string;
}

/**
 * Opens both storages, and claims the prefixes of the target: that of new pictures, and those of the present ones, which
 * keep their keys.
 * @throws {PrefixTaken} with what to do where one belongs to another installation
 */
async function openStorages({ from, to, source, id }: FileMove) {
  if (!to.s3) await prepareDataDir(to.dataDir);
  const storages = { from: await openUnsignedStorage(from), to: await openUnsignedStorage(to) };
  await claimFor(storages.to, ownPrefixOf(id, to.s3?.prefix));
  for (const prefix of await readPrefixes(source))
    await claimFor(
      storages.to,
      ownPrefixOf(id, prefix),
      'Stored pictures keep their prefix: use another bucket',
    );
  return storages;
}

/** The prefixes of all pictures. Keys of old versions have none: no installation claims or sweeps them. */
async function readPrefixes(source: End): Promise<string[]> {
  const rows = await source.query<{ prefix: string }>(
    `SELECT DISTINCT substring("storageKey" FROM '^(.+)/[^/]+/[^/]+$') AS "prefix" FROM "Image"
    WHERE "storageKey" LIKE '%/%/%'`,
  );
  return rows.map(({ prefix }) => prefix);
}

/** @returns How many rules hold. @throws {Error} with those that are broken */
async function auditRules(prisma: Parameters<typeof audit>[0]): Promise<number> {
  // Without a server, tasks pass their deadlines; the next start ends them.
  const results = (await audit(prisma)).filter(({ rule }) => rule !== deadlineRule);
  const broken = results.filter(({ faults }) => faults.length > 0);
  if (broken.length > 0)
    throw new Error(
      `Rules of the audit are broken, as npm run audit shows:\n${broken.map(({ rule }) => `  ${rule}`).join('\n')}`,
    );
  return results.length;
}

function reportMissing(missing: readonly string[], report: Report): void {
  if (missing.length === 0) return;
  const examples = missing.slice(0, 3).join(', ');
  report(
    `${missing.length} file(s) are missing in the storage of the source, and so in the new one: ${examples}.`,
  );
}

async function allRows(session: End, table: Table): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const page of readPages(session, table)) rows.push(...page);
  return rows;
}
