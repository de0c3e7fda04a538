/** `GET /api/account/export`: everything that a user has here, as a zip. */
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { ZipEntry } from '../http/zip-download.ts';
import { zipEntryOf } from '../images/zip-entry.ts';
import type { ImageStorage } from '../storage/storage.ts';
import { createExportedRows } from './exported-rows.ts';

interface Dependencies {
  prisma: PrismaClient;
  storage: Pick<ImageStorage, 'open'>;
  /** The address of a shared page. */
  shareLinkUrl: (link: { token: string }) => string;
}

/** @returns the files of a user's export */
export function createAccountExport({ prisma, storage, shareLinkUrl }: Dependencies) {
  const rows = createExportedRows(prisma);
  return async function* (userId: string): AsyncGenerator<ZipEntry> {
    yield { name: 'account.json', input: JSON.stringify(await rows.account(userId), null, 2) };
    yield { name: 'tasks.json', input: jsonArray(rows.tasks(userId)) };
    yield { name: 'ledger.json', input: jsonArray(rows.ledger(userId)) };
    yield { name: 'share-links.json', input: jsonArray(shareLinks(userId)) };
    for await (const image of rows.images(userId)) {
      const entry = await zipEntryOf(storage, image, `pictures/${image.id}`);
      if (entry) yield entry;
    }
  };

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
