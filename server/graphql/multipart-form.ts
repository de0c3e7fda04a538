/** Reads the body of a multipart request as a stream: fields into memory, files to disk. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { Busboy, type BusboyConfig } from '@fastify/busboy';
import { removeSpooledFile, type SpooledFile, spool, spoolPath } from '../lib/spooled-file.ts';

/** A body without a Content-Length, counted as it arrives. */
export interface BodyLimit {
  maxBytes: number;
  /** What to throw where the body is longer. */
  refusal: () => Error;
}

export type MultipartLimits = BusboyConfig['limits'];

/** What the parts hold, by name; of parts with one name, the last. */
export type MultipartForm = ReadonlyMap<string, string | SpooledFile>;

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

/**
 * Reads no further than files can be written. The files are removed when the response is closed.
 * @throws {Error} where the body is no form, breaks off or exceeds a limit; the rest of it is discarded
 * @throws `bodyLimit.refusal()` where it is longer; the rest is left unread, because its end may never come
 */
export async function readMultipartForm(
  { request, response }: Exchange,
  { limits, bodyLimit }: { limits: MultipartLimits; bodyLimit?: BodyLimit | undefined },
): Promise<MultipartForm> {
  const form = new Map<string, string | SpooledFile>();
  const files: SpoolingFile[] = [];
  let hasFailed = false;
  const { promise: parsed, resolve, reject } = Promise.withResolvers<void>();
  const contentType = request.headers['content-type'] ?? '';
  const parser = new Busboy({ headers: { 'content-type': contentType }, limits });
  parser.on('field', (name, value, isNameCut, isValueCut) => {
    if (isNameCut || isValueCut) return reject(new Error('A field is too long'));
    form.set(name, value);
  });
  parser.on('file', (name, stream) => {
    // The parser goes on with what it has buffered.
    if (hasFailed) return void stream.on('error', () => {}).resume();
    const path = spoolPath();
    const stored = spool(stream, path).then((file) => void form.set(name, file));
    // It may fail before the end of the body is awaited.
    stored.catch(reject);
    files.push({ path, stream, stored });
  });
  for (const event of ['fieldsLimit', 'filesLimit', 'partsLimit'] as const)
    parser.on(event, () => reject(new Error(`Too many parts: ${event}`)));
  parser.on('error', reject).on('finish', resolve);
  const onClose = () => {
    // A whole body that the client left behind is never read: Node has destroyed the request.
    if (!request.readableEnded) reject(new Error('The body breaks off'));
  };
  const uncount = bodyLimit && countBody(request, bodyLimit, reject);
  // The client may have left before its request was admitted.
  if (request.destroyed) onClose();
  request.once('error', reject).once('close', onClose).pipe(parser);
  try {
    await parsed;
    await Promise.all(files.map(({ stored }) => stored));
    if (response.closed) throw new Error('The client has left');
    response.once('close', () => void remove(files));
    return form;
  } catch (error) {
    hasFailed = true;
    request.unpipe(parser);
    if (bodyLimit) request.pause();
    else request.resume();
    for (const { stream } of files) stream.destroy();
    await Promise.allSettled(files.map(({ stored }) => stored));
    await remove(files);
    throw error;
  } finally {
    request.off('close', onClose);
    uncount?.();
  }
}

interface SpoolingFile {
  path: string;
  stream: Readable;
  stored: Promise<void>;
}

async function remove(files: readonly SpoolingFile[]): Promise<void> {
  await Promise.all(files.map(({ path }) => removeSpooledFile(path)));
}

/** @returns a function that ends the count */
function countBody(
  request: IncomingMessage,
  { maxBytes, refusal }: BodyLimit,
  reject: (error: Error) => void,
): () => void {
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) reject(refusal());
  };
  request.on('data', count);
  return () => request.off('data', count);
}
