/** Answers a GET of a session with a zip that is written while it is sent. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { makeZip } from 'client-zip';
import { AppError } from '../lib/errors.ts';
import { createPerKeyCounter } from '../lib/per-key-limits.ts';
import type { Handler } from './handler.ts';

export interface ZipEntry {
  name: string;
  input: string | Readable | AsyncIterable<string>;
  lastModified?: Date;
}

interface ZipDownload {
  fileName: string;
  /** The user of the request; only one of a session has an account. */
  viewerOf: (credentials: Headers) => ZipViewer | Promise<ZipViewer>;
  /** What the user gets, by the parameters of the query. @throws {AppError} at once, where they mean nothing */
  entriesOf: (userId: string, parameters: URLSearchParams) => AsyncIterable<ZipEntry>;
}

type ZipViewer = { id: string; account?: object | undefined } | null;

/** An API key is refused. One zip of a user is written at a time on a node. */
export function createZipDownload({ fileName, viewerOf, entriesOf }: ZipDownload): Handler {
  const start = createPerKeyCounter(1);
  return async (request, response) => {
    const refuse = (status: number, code: string, message: string) => {
      response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
      response.end(`${JSON.stringify({ code, message })}\n`);
    };
    const { cookie, authorization } = request.headers;
    const headers = new Headers({ ...(cookie && { cookie }), ...(authorization && { authorization }) });
    const identify = async () => viewerOf(headers);
    const viewer = await identify().catch(() => null);
    if (!viewer?.account) return refuse(401, 'UNAUTHENTICATED', 'This needs a session.');
    if (request.method !== 'GET') return refuse(405, 'INVALID_INPUT', 'Send a GET.');
    const end = start(viewer.id);
    if (!end)
      return refuse(429, 'RATE_LIMITED', 'A download of yours is being written already. Try again after it.');
    try {
      const { searchParams } = new URL(request.url ?? '', 'http://localhost');
      const zip = makeZip(releasing(entriesOf(viewer.id, searchParams))) as ReadableStream<Uint8Array>;
      response.writeHead(200, {
        'Content-Type': 'application/zip',
        'Content-Disposition': `attachment; filename="${fileName}"`,
        'Cache-Control': 'no-store',
      });
      await pipeline(Readable.fromWeb(zip), response);
    } catch (error) {
      if (error instanceof AppError && !response.headersSent) return refuse(400, error.code, error.message);
      // A client that has left is no fault of the server's.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    } finally {
      end();
    }
  };
}

/** Ends the stream of an entry that is not read to its end: the archive does not, where its reader leaves. */
async function* releasing(entries: AsyncIterable<ZipEntry>): AsyncGenerator<ZipEntry> {
  for await (const entry of entries)
    try {
      yield entry;
    } finally {
      if (entry.input instanceof Readable) entry.input.destroy();
    }
}
