/** Reads the entries of a backup in order, and checks them against its sums. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import {
  formatVersion,
  isPictureEntry,
  type Manifest,
  manifestForm,
  names,
  picturesForm,
  tableOf,
  UnusableBackup,
} from './format.ts';

export interface ArchiveEntry {
  name: string;
  byteSize: number;
  /** Can be read once; what is not read is skipped. */
  bytes: AsyncIterable<Uint8Array>;
}

const damaged = (file: string, detail: string) =>
  new UnusableBackup(`${file} is damaged or cut, or no backup of Proofsheet: ${detail}. Use another backup.`);

/**
 * The entries but the sums. After the last one all have been compared with the sums: what was done with the entries is to
 * be kept only where the iteration ends without an error.
 * @throws {UnusableBackup}
 */
export async function* readArchive(file: string): AsyncGenerator<ArchiveEntry> {
  const source = createReadStream(file);
  const entries = (Readable.toWeb(source) as ReadableStream<Uint8Array>).pipeThrough(
    createTarDecoder({ strict: true }) as unknown as {
      readable: ReadableStream<ParsedTarEntry>;
      writable: WritableStream<Uint8Array>;
    },
  );
  // Of the lines that the sums must have: as many as entries, which do not fit into memory.
  const expected = createHash('sha256');
  let isComplete = false;
  try {
    for await (const { header, body } of entries) {
      if (isComplete) throw damaged(file, `${header.name} follows its end`);
      const hash = createHash('sha256');
      const bytes = hashed(file, body as ReadableStream<Uint8Array>, hash);
      if (header.name !== names.sums) yield { name: header.name, byteSize: header.size, bytes };
      for await (const _ of bytes);
      const digest = hash.digest('hex');
      if (header.name !== names.sums) expected.update(`${digest}  ${header.name}\n`);
      else if (digest !== expected.digest('hex')) throw damaged(file, 'its sums do not match');
      else isComplete = true;
    }
  } catch (error) {
    throw explained(file, error);
  } finally {
    source.destroy();
  }
  if (!isComplete) throw damaged(file, 'its end is missing');
}

async function* hashed(
  file: string,
  body: ReadableStream<Uint8Array>,
  hash: ReturnType<typeof createHash>,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body) {
      hash.update(chunk);
      yield chunk;
    }
  } catch (error) {
    throw explained(file, error);
  }
}

/** Errors of the file system have a code; those of the decoder have none. */
function explained(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UnusableBackup || 'code' in error) return error;
  return damaged(file, error.message.replace(/\.$/, ''));
}

export async function readBytes(bytes: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The lines of a text that ends with a line break. */
export async function* readLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}

export interface CheckedBackup {
  manifest: Manifest;
  /** That of DATA_DIR, where the installation had no AUTH_SECRET. */
  secret: string | undefined;
  /** Ids of images that were deleted while the backup ran. */
  deletedImages: ReadonlySet<string>;
  /** How many pictures and thumbnails there are. */
  objects: number;
}

/**
 * Reads the whole file and compares every byte with its sums.
 * @throws {UnusableBackup}
 */
export async function checkBackup(file: string): Promise<CheckedBackup> {
  const texts = new Map<string, string>();
  const rows: Record<string, number> = {};
  for await (const { name, bytes } of readArchive(file)) {
    const table = tableOf(name);
    if (table !== undefined) rows[table] = await countLines(bytes);
    else if (!isPictureEntry(name)) texts.set(name, (await readBytes(bytes)).toString('utf8'));
    if (name === names.manifest) refuseNewer(file, texts.get(name)!);
  }
  // The sums hold: these are what the backup wrote.
  const manifest = manifestForm.parse(parsed(file, texts.get(names.manifest)));
  const pictures = picturesForm.parse(parsed(file, texts.get(names.pictures)));
  const wrong = Object.entries(manifest.tables).find(([table, count]) => rows[table] !== count);
  if (wrong) throw damaged(file, `the table ${wrong[0]} has not ${wrong[1]} rows`);
  return {
    manifest,
    secret: texts.get(names.secret)?.trim(),
    deletedImages: new Set(pictures.deleted),
    objects: pictures.objects,
  };
}

function parsed(file: string, text: string | undefined): unknown {
  if (text === undefined) throw damaged(file, 'an entry is missing');
  return JSON.parse(text);
}

/** A newer format may have other entries. */
function refuseNewer(file: string, manifest: string): void {
  const [, format] = /"format": *(\d+)/.exec(manifest) ?? [];
  const [, version = 'another one'] = /"version": *"([^"]+)"/.exec(manifest) ?? [];
  if (Number(format) > formatVersion)
    throw new UnusableBackup(
      `${file} was written by version ${version}, which is newer. Use that version or a newer one.`,
    );
}

async function countLines(bytes: AsyncIterable<Uint8Array>): Promise<number> {
  let count = 0;
  for await (const _ of readLines(bytes)) count += 1;
  return count;
}
