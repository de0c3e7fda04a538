/** Writes a backup: rows of one instant, and the pictures that they name. */
import { createReadStream, existsSync } from 'node:fs';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ImageStorage, ObjectNotFound, type OpenObject } from '../storage/storage.ts';
import type { Row } from '../tables/rows.ts';
import type { Session } from '../tables/session.ts';
import { readLines } from './archive-reader.ts';
import { type ArchiveWriter, createArchiveWriter } from './archive-writer.ts';
import { formatVersion, type Manifest, names, pictureEntry, type Pictures, tableEntry } from './format.ts';
import { readSnapshot } from './snapshot-rows.ts';

interface BackupParts {
  /** Opens a session on the database; closed once its rows are read. */
  openSession: () => Promise<Session & { close(): Promise<void> }>;
  storage: Pick<ImageStorage, 'open'>;
  /** Those of the images whose rows are still there, and whose users are not being deleted. */
  findPresent: (imageIds: string[]) => Promise<Iterable<string>>;
  version: string;
  secretDigest: string | null;
  /** To be put into the backup. */
  secret: string | undefined;
}

export interface BackupSummary {
  byteSize: number;
  manifest: Manifest;
  pictures: Pictures;
}

/**
 * Writes the file under another name in its folder, and gives it its name once it is whole and on the disk. The folder needs
 * room for the rows a second time meanwhile.
 * @throws {Error} Where the file exists, where a part of the installation does not answer or the disk is full, or the
 * signal's reason: then nothing is left behind.
 */
export async function createBackup(
  file: string,
  parts: BackupParts,
  { signal, report = () => {} }: { signal: AbortSignal; report?: (line: string) => void },
): Promise<BackupSummary> {
  if (existsSync(file)) throw new Error(`${file} exists. Name another file.`);
  const { dir, base } = path.parse(path.resolve(file));
  const folder = await mkdtemp(path.join(dir, `.${base}.unfinished-`));
  try {
    const session = await parts.openSession();
    const snapshot = await readSnapshot(session, folder, signal).finally(() => session.close());
    const { fileOf, ...rows } = snapshot;
    report(`Read the rows of ${rows.createdAt}. Copying pictures.`);
    const { version, secretDigest } = parts;
    const manifest: Manifest = { format: formatVersion, version, secretDigest, ...rows };
    const unfinished = path.join(folder, 'backup.tar');
    const sumsFile = path.join(folder, names.sums);
    await writeFile(sumsFile, '', { mode: 0o600 });
    const archive = createArchiveWriter({ file: unfinished, sumsFile });
    try {
      await archive.addText(names.manifest, `${JSON.stringify(manifest, undefined, 2)}\n`);
      if (parts.secret !== undefined) await archive.addText(names.secret, `${parts.secret}\n`);
      for (const table of Object.keys(manifest.tables))
        await archive.addFile(tableEntry(table), fileOf(table));
      const images = readLines(createReadStream(fileOf('Image')));
      const pictures = await copyPictures(images, archive, parts, signal);
      await archive.addText(names.pictures, `${JSON.stringify(pictures)}\n`);
      const byteSize = await archive.finish();
      if (existsSync(file)) throw new Error(`${file} exists now. Name another file.`);
      await rename(unfinished, file);
      return { byteSize, manifest, pictures };
    } catch (error) {
      await archive.abort(error);
      throw error;
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Adds the objects of images. One that is missing was deleted since the rows were read, where its row is gone by now: restoring
 * then removes the row, as the deletion did. Otherwise it is a fault of the installation, and is listed.
 */
async function copyPictures(
  images: AsyncIterable<string>,
  archive: ArchiveWriter,
  { storage, findPresent }: BackupParts,
  signal: AbortSignal,
): Promise<Pictures> {
  const pictures: Pictures = { objects: 0, deleted: [], missing: [], changed: [] };
  const incomplete: Row[] = [];

  const add = async (key: string, object: OpenObject) => {
    pictures.objects += 1;
    return archive.addStream(pictureEntry(key), object.byteSize, object.bytes);
  };
  const addAll = async (row: Row, objects: [string, OpenObject][]) => {
    try {
      for (const [key, object] of objects) {
        const sha256 = await add(key, object);
        if (key === row['storageKey'] && sha256 !== row['sha256']) pictures.changed.push(key);
      }
    } finally {
      for (const [, { bytes }] of objects) bytes.destroy();
    }
  };

  for await (const line of images) {
    signal.throwIfAborted();
    const row = JSON.parse(line) as Row;
    const objects = await openObjects(storage, row);
    if (objects.length === 2) await addAll(row, objects);
    else {
      incomplete.push(row);
      for (const [, { bytes }] of objects) bytes.destroy();
    }
  }
  const present = new Set(incomplete.length > 0 ? await findPresent(incomplete.map(({ id }) => id!)) : []);
  for (const row of incomplete) {
    if (!present.has(row['id']!)) {
      pictures.deleted.push(row['id']!);
      continue;
    }
    const objects = await openObjects(storage, row);
    const found = new Set(objects.map(([key]) => key));
    pictures.missing.push(...keysOf(row).filter((key) => !found.has(key)));
    await addAll(row, objects);
  }
  return pictures;
}

const keysOf = (row: Row) => [row['storageKey']!, row['thumbnailKey']!];

/** Those of the image's objects that are stored. One that is open can be read although it is deleted meanwhile. */
async function openObjects(storage: BackupParts['storage'], row: Row): Promise<[string, OpenObject][]> {
  const opened: [string, OpenObject][] = [];
  for (const key of keysOf(row)) {
    try {
      opened.push([key, await storage.open(key)]);
    } catch (error) {
      if (error instanceof ObjectNotFound) continue;
      for (const [, { bytes }] of opened) bytes.destroy();
      throw error;
    }
  }
  return opened;
}
