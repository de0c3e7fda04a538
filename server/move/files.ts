/** Copies the files of pictures to another storage. Each is read back there and compared before it counts. */
import { hash } from 'node:crypto';
import { createSemaphore } from '../lib/semaphore.ts';
import { type ImageStorage, ObjectNotFound } from '../storage/storage.ts';
import { readPages } from '../tables/rows.ts';
import type { Session } from '../tables/session.ts';
import type { Table } from '../tables/tables.ts';
import type { Report } from './rows.ts';

/** Pictures that are copied at the same time: each is in memory meanwhile. */
const copiesAtOnce = 8;
const pageSize = 100;

interface Storages {
  from: Pick<ImageStorage, 'get'>;
  to: Pick<ImageStorage, 'get' | 'put'>;
}

interface File {
  key: string;
  contentType: string;
  /** Of its bytes, hexadecimal, where it is known. */
  sha256?: string;
}

export interface CopiedFiles {
  /** Files that the target has, compared byte by byte or by their hash. */
  files: number;
  /** Of those, the ones that an earlier run had copied. */
  alreadyThere: number;
  /** Keys that the source does not have. */
  missing: string[];
}

/**
 * Copies both files of every row of `Image`. What the target has with the same bytes is not sent again.
 * @throws {Error} Where a file that was stored reads back differently.
 */
export async function copyFiles(
  storages: Storages,
  { session, images, report }: { session: Session; images: Table; report: Report },
): Promise<CopiedFiles> {
  const result: CopiedFiles = { files: 0, alreadyThere: 0, missing: [] };
  const copies = createSemaphore(copiesAtOnce);
  for await (const page of readPages(session, images, { size: pageSize })) {
    const files = page.flatMap(({ storageKey, thumbnailKey, contentType, sha256 }): File[] => [
      { key: storageKey!, contentType: contentType!, sha256: sha256! },
      { key: thumbnailKey!, contentType: 'image/webp' },
    ]);
    await Promise.all(
      files.map((file) =>
        copies.run(async () => {
          const outcome = await copyFile(storages, file);
          if (outcome === 'missing') return void result.missing.push(file.key);
          result.files += 1;
          if (outcome === 'there') result.alreadyThere += 1;
        }),
      ),
    );
    report(`Pictures: ${result.files} files compared, ${result.alreadyThere} of them were there`);
  }
  return result;
}

async function copyFile(
  { from, to }: Storages,
  { key, contentType, sha256 }: File,
): Promise<'there' | 'copied' | 'missing'> {
  const there = await readIfStored(to, key);
  if (there && sha256 !== undefined && hash('sha256', there) === sha256) return 'there';
  const bytes = await readIfStored(from, key);
  if (!bytes) return 'missing';
  if (there && isEqual(there, bytes)) return 'there';
  await to.put(key, bytes, { contentType });
  const readBack = await to.get(key);
  if (!isEqual(readBack, bytes))
    throw new Error(`The target storage gives other bytes for ${key} than it was sent. Run this again.`);
  return 'copied';
}

const isEqual = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;

async function readIfStored(
  storage: Pick<ImageStorage, 'get'>,
  key: string,
): Promise<Uint8Array | undefined> {
  try {
    return await storage.get(key);
  } catch (error) {
    if (error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}
