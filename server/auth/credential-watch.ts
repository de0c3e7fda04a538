/** Watches for the end of sessions and API keys, so that their subscriptions end too. */
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Log } from '../lib/log.ts';
import { withCleanup } from '../lib/with-cleanup.ts';
import type { Viewer } from './viewer.ts';

export type CredentialWatch = ReturnType<typeof createCredentialWatch>;

const everyMs = 4_000;

/** One query for all watched credentials, however many there are; none while none is watched. */
export function createCredentialWatch({ prisma, log }: { prisma: PrismaClient; log: Log }) {
  const watched = new Map<string, Set<() => void>>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const ids = [...watched.keys()];
    // Only what has ended is returned; OFFSET keeps the planner at one search of each index an id.
    const rows = await prisma.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM unnest(${ids}::text[]) AS "watched"("id")
      WHERE NOT EXISTS (
        SELECT FROM "Session" WHERE "Session"."id" = "watched"."id" AND "expiresAt" > now() OFFSET 0
      ) AND NOT EXISTS (
        SELECT FROM "ApiKey"
        WHERE "ApiKey"."id" = "watched"."id" AND "enabled" AND coalesce("expiresAt" > now(), true) OFFSET 0
      )`;
    for (const { id } of rows) {
      const ended = watched.get(id) ?? [];
      watched.delete(id);
      for (const onEnd of ended) onEnd();
    }
  }

  function schedule(): void {
    if (timer || watched.size === 0) return;
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => log.warn({ error }, 'could not look for ended credentials'))
        .finally(() => {
          timer = undefined;
          schedule();
        });
    }, everyMs);
  }

  return {
    /** Calls `onEnd` once, within 5 s of the end of the session or API key; the function it returns stops the watch. */
    watch(credentialId: string, onEnd: () => void): () => void {
      const callbacks = watched.get(credentialId) ?? new Set();
      watched.set(credentialId, callbacks.add(onEnd));
      schedule();
      return () => {
        callbacks.delete(onEnd);
        if (callbacks.size === 0 && watched.get(credentialId) === callbacks) watched.delete(credentialId);
      };
    },
    close(): void {
      clearTimeout(timer);
      watched.clear();
    },
  };
}

/** Ends the iteration within 5 s of the end of the viewer's session or API key. */
export function whileSignedIn<T>(
  { credentials, viewer }: { credentials: CredentialWatch; viewer: Pick<Viewer, 'credentialId'> | null },
  values: AsyncIterableIterator<T>,
): AsyncIterableIterator<T> {
  if (!viewer) return values;
  return withCleanup(
    values,
    credentials.watch(viewer.credentialId, () => void values.return?.()),
  );
}
