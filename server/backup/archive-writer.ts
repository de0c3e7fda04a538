/** Writes the entries of a backup, one after the other, with the sums of all at the end. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { appendFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { createTarPacker } from 'modern-tar';
import { names } from './format.ts';

export type ArchiveWriter = ReturnType<typeof createArchiveWriter>;

/**
 * Begins the file, which must not exist; only its owner can read it. Where writing fails, as on a full disk, the
 * calls reject with the reason.
 * @param options.sumsFile Where the sums are collected.
 */
export function createArchiveWriter({ file, sumsFile }: { file: string; sumsFile: string }) {
  const { readable, controller } = createTarPacker();
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true });
  const written = pipeline(Readable.fromWeb(readable as ReadableStream<Uint8Array>), target);
  written.catch((error: unknown) => controller.error(error));

  /** What follows from a failed file, as that a stream is closed, is replaced by the reason. */
  const add = (...entry: Parameters<typeof pack>) =>
    pack(...entry).catch((error: unknown) => {
      throw target.errored ?? error;
    });

  async function pack(name: string, size: number, bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    const hash = createHash('sha256');
    const body = controller.add({ name, size, mode: 0o600 }).getWriter();
    for await (const chunk of bytes) {
      hash.update(chunk);
      await body.write(chunk);
    }
    await body.close();
    return hash.digest('hex');
  }

  async function addListed(name: string, size: number, bytes: Parameters<typeof pack>[2]): Promise<string> {
    const sha256 = await add(name, size, bytes);
    await appendFile(sumsFile, `${sha256}  ${name}\n`);
    return sha256;
  }

  return {
    /** Adds a stream of that many bytes. @returns its SHA-256, hexadecimal */
    addStream: (name: string, byteSize: number, bytes: AsyncIterable<Uint8Array>) =>
      addListed(name, byteSize, bytes),
    async addFile(name: string, path: string): Promise<void> {
      await addListed(name, (await stat(path)).size, createReadStream(path));
    },
    async addText(name: string, text: string): Promise<void> {
      const bytes = Buffer.from(text);
      await addListed(name, bytes.byteLength, [bytes]);
    },
    /** Adds the sums and ends the file, which is then on the disk. @returns its size in bytes */
    async finish(): Promise<number> {
      await add(names.sums, (await stat(sumsFile)).size, createReadStream(sumsFile));
      controller.finalize();
      await written;
      return target.bytesWritten;
    },
    /** Gives up; the file stays unfinished. */
    async abort(reason: unknown): Promise<void> {
      controller.error(reason);
      await written.catch(() => undefined);
    },
  };
}
