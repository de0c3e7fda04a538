/**
 * What a running server does for a backup of its embedded database, which only its process can read: it copies the
 * database's files, and says which images are still there. For the operators' command alone.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Handler } from '../http/handler.ts';
import type { Log } from '../lib/log.ts';
import { readBounded } from '../lib/read-bounded.ts';

interface Dependencies {
  prisma: PrismaClient;
  /** Copies the files of the database, as of one instant, to a new folder. */
  copyTo: (folder: string) => Promise<void>;
  dataDir: string;
  /** Whether the headers prove that the request comes from the operators' command. */
  isOperator: (headers: IncomingHttpHeaders) => boolean;
  log: Log;
}

/** The paths, both for POST. The first answers with `{folder}`, the second takes and answers `{ids}`. */
export const operatorPaths = {
  databaseCopy: '/operator/database-copy',
  presentImages: '/operator/present-images',
} as const;

/** Images of one request. */
export const idsPerRequest = 1_000;
const maxBodyBytes = 100_000;
const idsForm = z.object({ ids: z.array(z.string()).max(idsPerRequest) });

/**
 * Those of the images that are there now, and whose users are not being deleted.
 * @param query Runs one statement.
 */
export async function findPresent(
  query: (text: string, values: unknown[]) => Promise<{ id: string }[]>,
  imageIds: string[],
): Promise<string[]> {
  const rows = await query(
    `SELECT i."id" FROM "Image" i JOIN "User" u ON u."id" = i."userId"
    WHERE i."id" = ANY($1::text[]) AND u."deletingAt" IS NULL`,
    [imageIds],
  );
  return rows.map(({ id }) => id);
}

/** Answers 401 without the operators' token. The caller removes the copy. */
export function createOperatorRoute({ prisma, copyTo, dataDir, isOperator, log }: Dependencies): Handler {
  const work: Readonly<Record<string, (request: IncomingMessage) => Promise<object>>> = {
    async [operatorPaths.databaseCopy]() {
      const folder = path.join(path.resolve(dataDir), `${copyPrefix}${randomUUID()}`);
      const startedAtMs = performance.now();
      try {
        await copyTo(folder);
      } catch (error) {
        await rm(folder, { recursive: true, force: true });
        throw error;
      }
      log.info({ ms: Math.round(performance.now() - startedAtMs) }, 'copied the database for a backup');
      return { folder };
    },
    async [operatorPaths.presentImages](request) {
      const { ids } = idsForm.parse(JSON.parse((await readBounded(request, maxBodyBytes)).toString()));
      return { ids: await findPresent((text, values) => prisma.$queryRawUnsafe(text, ...values), ids) };
    },
  };
  return async (request, response) => {
    const answer = (status: number, body: object) =>
      void response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    if (!isOperator(request.headers)) return answer(401, { error: 'This needs the token of the command.' });
    const run = Object.hasOwn(work, request.url ?? '') ? work[request.url!] : undefined;
    if (!run || request.method !== 'POST') return answer(404, { error: 'There is no such work.' });
    try {
      return answer(200, await run(request));
    } catch (error) {
      log.warn({ error }, 'work for a backup failed');
      return answer(500, { error: (error as Error).message });
    }
  };
}

const copyPrefix = 'database-copy-';
/** Longer than rows are read from a copy. */
const abandonedMs = 24 * 3_600_000;

/** Removes copies whose backup was killed. @returns their number */
export async function removeAbandonedCopies(dataDir: string, now = Date.now()): Promise<number> {
  const copies = (await readdir(dataDir)).filter((name) => name.startsWith(copyPrefix));
  let count = 0;
  for (const name of copies) {
    const folder = path.join(dataDir, name);
    const details = await stat(folder).catch(() => undefined);
    if (!details || now - details.mtimeMs < abandonedMs) continue;
    await rm(folder, { recursive: true, force: true });
    count += 1;
  }
  return count;
}
