/** Files of requests, in the system's folder for temporary files (`TMPDIR`) while their request runs. */
import { randomUUID } from 'node:crypto';
import { createWriteStream, rmSync } from 'node:fs';
import { open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { UploadedFile } from './uploaded-file.ts';

/** A file on disk. */
export interface SpooledFile extends UploadedFile {
  path: string;
}

const prefix = 'proofsheet-upload-';
/** Few writes for a file, and little memory for many at once. */
const bufferedBytes = 256 * 1024;
/** Longer than any request runs. */
const abandonedMs = 3_600_000;

/** What this process has not removed yet. */
const present = new Set<string>();
const removePresent = () => present.forEach((file) => rmSync(file, { force: true }));

/** The path of a new file; a random one, because other users of the machine write to the same folder. */
export function spoolPath(): string {
  const file = path.join(tmpdir(), prefix + randomUUID());
  // The server exits as soon as its responses are sent.
  if (!process.listeners('exit').includes(removePresent)) process.on('exit', removePresent);
  present.add(file);
  return file;
}

/** Removes the file. One that cannot be removed is left to `removeAbandonedFiles`. */
export async function removeSpooledFile(file: string): Promise<void> {
  await rm(file, { force: true }).catch(() => {});
  present.delete(file);
}

/** Writes the stream to the path, with back pressure. Rejects as the stream does, or where the disk is full. */
export async function spool(stream: Readable, file: string): Promise<SpooledFile> {
  const target = createWriteStream(file, { flags: 'wx', mode: 0o600, highWaterMark: bufferedBytes });
  try {
    await pipeline(stream, target);
  } finally {
    // Where it fails early, the file may be made after this, and could not be removed.
    if (!target.closed) await new Promise<void>((resolve) => target.once('close', resolve));
  }
  return { path: file, size: target.bytesWritten, arrayBuffer: () => readWhole(file) };
}

async function readWhole(file: string): Promise<ArrayBuffer> {
  await using handle = await open(file);
  const bytes = new ArrayBuffer((await handle.stat()).size);
  const { bytesRead } = await handle.read(new Uint8Array(bytes));
  return bytes.slice(0, bytesRead);
}

/** Removes the files that a process left when it was killed. @returns their number */
export async function removeAbandonedFiles(now = Date.now()): Promise<number> {
  const files = (await readdir(tmpdir())).filter((name) => name.startsWith(prefix));
  const removals = files.map(async (name) => {
    const file = path.join(tmpdir(), name);
    const { mtimeMs } = await stat(file);
    if (now - mtimeMs < abandonedMs) return 0;
    await rm(file);
    return 1;
  });
  // Another user's file cannot be removed, and another process may be first.
  const results = await Promise.allSettled(removals);
  return results.filter((result) => result.status === 'fulfilled' && result.value === 1).length;
}
