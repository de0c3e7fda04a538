/** `GET /api/account/export`: everything that a user has here, as a zip that is written while it is sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { makeZip } from 'client-zip';
import type { Viewer } from '../auth/viewer.ts';
import type { PrismaClient } from '../generated/prisma/client.ts';
import { createPerKeyCounter } from '../lib/per-key-limits.ts';
import { type ImageStorage, ObjectNotFound } from '../storage/storage.ts';
import { createExportedRows } from './exported-rows.ts';

interface Dependencies {
  prisma: PrismaClient;
  storage: Pick<ImageStorage, 'open'>;
  viewerOf: (credentials: Headers) => Viewer | null | Promise<Viewer | null>;
  /** The address of a shared page. */
  shareLinkUrl: (link: { token: string }) => string;
}

/** Whether the request is for the export. */
export function isExport({ url = '' }: IncomingMessage): boolean {
  return url.split('?')[0] === '/api/account/export';
}

/** Answers with the data of the session's user; an API key is refused. One export of a user runs at a time on a node. */
export function createAccountExport({ prisma, storage, viewerOf, shareLinkUrl }: Dependencies) {
  const start = createPerKeyCounter(1);
  const rows = createExportedRows(prisma);

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { cookie, authorization } = request.headers;
    const headers = new Headers({ ...(cookie && { cookie }), ...(authorization && { authorization }) });
    const identify = async () => viewerOf(headers);
    const viewer = await identify().catch(() => null);
    // Only a session has one.
    if (!viewer?.account) return refuse(response, 401, 'UNAUTHENTICATED', 'This needs a session.');
    if (request.method !== 'GET') return refuse(response, 405, 'INVALID_INPUT', 'Send a GET.');
    const end = start(viewer.id);
    if (!end) return refuse(response, 429, 'RATE_LIMITED', 'Your data is being exported already.');
    try {
      response.writeHead(200, {
        'Content-Type': 'application/zip',
        'Content-Disposition': 'attachment; filename="proofsheet-export.zip"',
        'Cache-Control': 'no-store',
      });
      const zip = makeZip(entriesOf(viewer.id)) as ReadableStream<Uint8Array>;
      await pipeline(Readable.fromWeb(zip), response);
    } catch (error) {
      // A client that has left is no fault of the server's.
      if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
    } finally {
      end();
    }
  };

  async function* entriesOf(userId: string) {
    yield { name: 'account.json', input: JSON.stringify(await rows.account(userId), null, 2) };
    yield { name: 'tasks.json', input: jsonArray(rows.tasks(userId)) };
    yield { name: 'ledger.json', input: jsonArray(rows.ledger(userId)) };
    yield { name: 'share-links.json', input: jsonArray(shareLinks(userId)) };
    for await (const { id, storageKey, createdAt } of rows.images(userId)) {
      const bytes = await storage.open(storageKey).then(
        (object) => object.bytes,
        (error: unknown) => {
          // It was deleted since its row was read.
          if (error instanceof ObjectNotFound) return undefined;
          throw error;
        },
      );
      const extension = storageKey.slice(storageKey.lastIndexOf('.'));
      if (bytes) yield { name: `pictures/${id}${extension}`, input: bytes, lastModified: createdAt };
    }
  }

  async function* shareLinks(userId: string) {
    for await (const { token, ...link } of rows.shareLinks(userId))
      yield { ...link, url: shareLinkUrl({ token }) };
  }
}

async function* jsonArray(rows: AsyncIterable<object>): AsyncGenerator<string> {
  let separator = '[\n';
  for await (const row of rows) {
    yield separator + JSON.stringify(row);
    separator = ',\n';
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n';
}

function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(`${JSON.stringify({ code, message })}\n`);
}
