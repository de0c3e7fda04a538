/** Streams a stored object as the answer to a GET or HEAD. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { contentTypeOf, type ImageStorage, InvalidKey, ObjectNotFound, type OpenObject } from './storage.ts';

/** The object, open; undefined where nothing is stored under the key. */
export async function openOrNot(
  storage: Pick<ImageStorage, 'open'>,
  key: string,
): Promise<OpenObject | undefined> {
  try {
    return await storage.open(key);
  } catch (error) {
    if (error instanceof InvalidKey || error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}

interface Exchange {
  key: string;
  /** Of the response with the bytes, beside those that are set. */
  headers?: Record<string, string>;
  request: IncomingMessage;
  response: ServerResponse;
}

/**
 * Sends the object with its ETag, or 304 where the reader has it. Resolves once it is sent or the reader has gone; rejects
 * where the storage fails, with the headers maybe sent already. The caller has set `Cache-Control`.
 */
export async function sendObject(object: OpenObject, exchange: Exchange): Promise<void> {
  try {
    await send(object, exchange);
  } finally {
    object.bytes.destroy();
  }
}

async function send(
  { byteSize, etag, bytes }: OpenObject,
  { key, headers = {}, request, response }: Exchange,
): Promise<void> {
  response.setHeader('ETag', etag);
  setGuards(response);
  if (matches(request.headers['if-none-match'], etag)) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('Content-Type', contentTypeOf(key));
  response.setHeader('Content-Length', byteSize);
  response.writeHead(200, headers);
  if (request.method === 'HEAD') {
    response.end();
    return;
  }
  try {
    await pipeline(bytes, response);
  } catch (error) {
    if (!hasGone(error)) throw error;
  }
}

/** Other sites may show the picture, but nothing here can be taken for a page or a script. */
export function setGuards(response: ServerResponse): void {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Content-Security-Policy', "default-src 'none'; sandbox");
  response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin');
}

/** RFC 9110, section 13.1.2: a list of tags, compared weakly, or `*`. */
function matches(ifNoneMatch: string | undefined, etag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((tag) => tag.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(etag) || tags.includes('*');
}

const goneCodes: unknown[] = [
  'ERR_STREAM_PREMATURE_CLOSE',
  'ERR_STREAM_UNABLE_TO_PIPE',
  'ECONNRESET',
  'EPIPE',
];

/** Whether the reader went away, as every browser does that leaves a page; that is no fault. */
function hasGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && goneCodes.includes(error.code);
}
