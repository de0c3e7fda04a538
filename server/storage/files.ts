import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { attachmentNamed } from './content-disposition.ts';
import { type FileLink, readFileLink } from './file-link.ts';
import { contentTypeOf, type ImageStorage, InvalidKey, ObjectNotFound, type OpenObject } from './storage.ts';

export interface FilesHandlerOptions {
  storage: Pick<ImageStorage, 'open'>;
  /** That of the links. */
  secret: string;
  /** Others that may have signed them too. */
  acceptedSecrets?: readonly string[];
  /** Milliseconds since the epoch. */
  clock?: () => number;
}

export type FilesHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Answers `/files/<key>`, the signed addresses of `createFileLinks`, from any storage. Resolves once the answer is sent or
 * the reader has gone; rejects where the storage fails, with the headers maybe sent already.
 */
export function createFilesHandler(options: FilesHandlerOptions): FilesHandler {
  const { storage, clock = Date.now } = options;
  const secrets = [options.secret, ...(options.acceptedSecrets ?? [])];
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      return refuse(response, 405, 'Only GET and HEAD are answered here.');
    }
    // Taken as it came: a URL parser would resolve `..` and `\`, and a key holds nothing to decode.
    const [path = '', query] = (request.url ?? '').split('?', 2);
    if (!path.startsWith('/files/')) return refuse(response, 404, 'There is no such file.');
    const link = readFileLink(secrets, path.slice('/files/'.length), new URLSearchParams(query));
    if (!link) return refuse(response, 403, 'This link is not valid.');
    const secondsLeft = link.expiresAtSeconds - Math.ceil(clock() / 1000);
    if (secondsLeft <= 0) return refuse(response, 403, 'This link has expired.');

    const file = await openObject(storage, link.key);
    if (!file) return refuse(response, 404, 'There is no such file.');
    try {
      await sendFile(file, { link, secondsLeft, request, response });
    } finally {
      file.bytes.destroy();
    }
  };
}

async function openObject(storage: Pick<ImageStorage, 'open'>, key: string): Promise<OpenObject | undefined> {
  try {
    return await storage.open(key);
  } catch (error) {
    if (error instanceof InvalidKey || error instanceof ObjectNotFound) return undefined;
    throw error;
  }
}

interface Exchange {
  link: FileLink;
  secondsLeft: number;
  request: IncomingMessage;
  response: ServerResponse;
}

async function sendFile(
  { byteSize, etag, bytes }: OpenObject,
  { link, secondsLeft, request, response }: Exchange,
): Promise<void> {
  response.setHeader('ETag', etag);
  response.setHeader('Cache-Control', `private, max-age=${secondsLeft}, immutable`);
  setGuards(response);
  if (matches(request.headers['if-none-match'], etag)) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('Content-Type', contentTypeOf(link.key));
  response.setHeader('Content-Length', byteSize);
  if (link.download !== undefined) response.setHeader('Content-Disposition', attachmentNamed(link.download));
  response.writeHead(200);
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

function refuse(response: ServerResponse, status: number, message: string): void {
  setGuards(response);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.writeHead(status).end(message);
}

/** Other sites may show the picture, but nothing here can be taken for a page or a script. */
function setGuards(response: ServerResponse): void {
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
