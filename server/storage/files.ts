import type { IncomingMessage, ServerResponse } from 'node:http';
import { attachmentNamed } from './content-disposition.ts';
import { readFileLink } from './file-link.ts';
import { openOrNot, sendObject, setGuards } from './send-object.ts';
import type { ImageStorage } from './storage.ts';

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

    const file = await openOrNot(storage, link.key);
    if (!file) return refuse(response, 404, 'There is no such file.');
    response.setHeader('Cache-Control', `private, max-age=${secondsLeft}, immutable`);
    const { key, download } = link;
    const headers: Record<string, string> =
      download === undefined ? {} : { 'Content-Disposition': attachmentNamed(download) };
    await sendObject(file, { key, headers, request, response });
  };
}

function refuse(response: ServerResponse, status: number, message: string): void {
  setGuards(response);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.writeHead(status).end(message);
}
