/** Puts a checked backup into an empty database and storage, as an installation of its own. */
import { randomUUID } from 'node:crypto';
import { isPictureKey } from '../images/keys.ts';
import { claimNewPrefix, ownPrefixOf } from '../images/storage-prefix.ts';
import { contentTypeOf, type ImageStorage } from '../storage/storage.ts';
import { insertRows, type Row, withoutTriggers } from '../tables/rows.ts';
import { inTransaction, type Session } from '../tables/session.ts';
import { listTables, quoted, type Table, writeSequences } from '../tables/tables.ts';
import {
  type ArchiveEntry,
  type CheckedBackup,
  readArchive,
  readBytes,
  readLines,
} from './archive-reader.ts';
import { isPictureEntry, pictureEntry, tableOf, UnusableBackup } from './format.ts';

interface RestoreParts {
  /** On a database at the backup's own migration. */
  session: Session;
  storage: ImageStorage;
  /** What `assertEmpty` found: the new installation takes its id, as its prefix may be claimed. */
  unusedId: string | undefined;
  /** Of the keys in storage, where one is configured. */
  prefix: string | undefined;
  signal: AbortSignal;
}

/** The new installation. */
interface Installation {
  id: string;
  /** Of its keys in storage. */
  prefix: string;
}

/** Few enough rows and characters for one statement and for memory. */
const batchRows = 500;
const batchCharacters = 4_000_000;
const putsAtOnce = 8;

/**
 * Rows and pictures get the prefix of the new installation, so that it shares no object with the one that was backed up, which
 * may still run on the same storage. Unfinished tasks get the time until their deadline that they had, from the end of
 * the restore.
 * @throws {UnusableBackup} also where the file has changed since it was checked
 * @throws {Error} where the database or the prefix is not empty, or a part does not answer; rows and pictures are then gone
 */
export async function restoreBackup(
  file: string,
  checked: CheckedBackup,
  parts: RestoreParts,
): Promise<void> {
  const { session, storage, unusedId } = parts;
  const id = unusedId ?? randomUUID();
  const own = ownPrefixOf(id, parts.prefix);
  const installation = { id, prefix: own.prefix };
  const clear = await claimNewPrefix(storage, own);
  try {
    await inTransaction(session, 'write', async () => {
      const tables = await listTables(session);
      // Nothing else writes until this transaction ends.
      for (const { name } of tables)
        await session.query(`LOCK TABLE ${quoted(name)} IN SHARE ROW EXCLUSIVE MODE`);
      const found = await assertEmpty(session, tables);
      if (found !== undefined && found !== unusedId)
        throw new Error('A server was started on the database meanwhile. Stop it, and restore again.');
      await session.query('DELETE FROM "Installation"');
      await withoutTriggers(session, tables, async () => {
        await loadEntries(file, tables, { ...parts, installation });
        await postponeDeadlines(session, checked.manifest.createdAt);
      });
      await deleteImages(session, [...checked.deletedImages]);
      await writeSequences(session, checked.manifest.sequences);
    });
  } catch (error) {
    await clear();
    throw error;
  }
}

/**
 * Checks that a database has at most the row of an installation that was started and never used.
 * @returns the id of that installation, which may have claimed the prefix of its keys; undefined where it was not started
 * @throws {Error} names the tables that have rows
 */
export async function assertEmpty(session: Session, tables: readonly Table[]): Promise<string | undefined> {
  const filled: string[] = [];
  for (const { name } of tables) {
    if (name === 'Installation') continue;
    const [row] = await session.query(`SELECT 1 AS "found" FROM ${quoted(name)} LIMIT 1`);
    if (row) filled.push(name);
  }
  if (filled.length > 0)
    throw new Error(
      `The database is not empty: there are rows in ${filled.join(', ')}. Restore into a new database or a new DATA_DIR.`,
    );
  // The first start may have ended before it made the tables.
  if (!tables.some(({ name }) => name === 'Installation')) return undefined;
  const [own] = await session.query<{ id: string }>('SELECT "id" FROM "Installation"');
  return own?.id;
}

interface LoadParts extends RestoreParts {
  installation: Installation;
}

async function loadEntries(file: string, tables: readonly Table[], parts: LoadParts): Promise<void> {
  let pictures: Picture[] = [];
  for await (const entry of readArchive(file)) {
    parts.signal.throwIfAborted();
    const name = tableOf(entry.name);
    if (name !== undefined) {
      const table = tables.find((each) => each.name === name);
      if (!table) throw new UnusableBackup(`${file} has a table ${name}, which this version does not know.`);
      await loadTable(table, entry, parts);
    } else if (isPictureEntry(entry.name)) {
      pictures.push(await readPicture(entry, parts.installation));
      if (pictures.length < putsAtOnce) continue;
      await putAll(pictures, parts.storage);
      pictures = [];
    }
  }
  await putAll(pictures, parts.storage);
}

interface Picture {
  key: string;
  bytes: Buffer;
}

async function readPicture({ name, bytes }: ArchiveEntry, { prefix }: Installation): Promise<Picture> {
  const key = `${prefix}/${name}`;
  if (!isPictureKey(prefix, key)) throw new UnusableBackup(`The backup has a picture with the name ${name}.`);
  return { key, bytes: await readBytes(bytes) };
}

/** Settles when no picture is being stored any more. */
async function putAll(pictures: readonly Picture[], storage: ImageStorage): Promise<void> {
  const puts = pictures.map(({ key, bytes }) => storage.put(key, bytes, { contentType: contentTypeOf(key) }));
  await Promise.allSettled(puts);
  await Promise.all(puts);
}

async function loadTable(table: Table, { bytes }: ArchiveEntry, parts: LoadParts): Promise<void> {
  const { session, installation, signal } = parts;
  let batch: Row[] = [];
  let characters = 0;
  const flush = async () => {
    signal.throwIfAborted();
    await insertRows(session, table, batch);
    batch = [];
    characters = 0;
  };
  for await (const line of readLines(bytes)) {
    batch.push(adopted(table.name, JSON.parse(line) as Row, installation));
    characters += line.length;
    if (batch.length === batchRows || characters > batchCharacters) await flush();
  }
  await flush();
}

/** The row as the new installation has it. */
function adopted(table: string, row: Row, { id, prefix }: Installation): Row {
  if (table === 'Installation') return { ...row, id };
  if (table !== 'Image') return row;
  const moved = (key: string) => `${prefix}/${pictureEntry(key)}`;
  return { ...row, storageKey: moved(row['storageKey']!), thumbnailKey: moved(row['thumbnailKey']!) };
}

async function postponeDeadlines(session: Session, createdAt: string): Promise<void> {
  await session.query(
    `UPDATE "Task" SET "deadlineAt" = "deadlineAt" + greatest(clock_timestamp() - $1::timestamptz, interval '0')
    WHERE "status" IN ('PENDING', 'PROCESSING')`,
    [createdAt],
  );
}

/** As users delete them: triggers count them out. */
async function deleteImages(session: Session, ids: string[]): Promise<void> {
  if (ids.length > 0) await session.query('DELETE FROM "Image" WHERE "id" = ANY($1::text[])', [ids]);
}
