/** Watches for the end of sessions, so that their subscriptions end too. */
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Log } from '../lib/log.ts';
import { withCleanup } from '../lib/with-cleanup.ts';
import type { Viewer } from './viewer.ts';

export type SessionWatch = ReturnType<typeof createSessionWatch>;

const everyMs = 4_000;

/** One query for all watched sessions, however many there are; none while none is watched. */
export function createSessionWatch({ prisma, log }: { prisma: PrismaClient; log: Log }) {
  const watched = new Map<string, Set<() => void>>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const ids = [...watched.keys()];
    const rows = await prisma.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM "Session" WHERE "id" = ANY(${ids}::text[]) AND "expiresAt" > now()`;
    const alive = new Set(rows.map(({ id }) => id));
    for (const id of ids) {
      if (alive.has(id)) continue;
      const ended = watched.get(id) ?? [];
      watched.delete(id);
      for (const onEnd of ended) onEnd();
    }
  }

  function schedule(): void {
    if (timer || watched.size === 0) return;
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => log.warn({ error }, 'could not look for ended sessions'))
        .finally(() => {
          timer = undefined;
          schedule();
        });
    }, everyMs);
  }

  return {
    /** Calls `onEnd` once, within 5 s of the session's end; the function it returns stops the watch. */
    watch(sessionId: string, onEnd: () => void): () => void {
      const callbacks = watched.get(sessionId) ?? new Set();
      watched.set(sessionId, callbacks.add(onEnd));
      schedule();
      return () => {
        callbacks.delete(onEnd);
        if (callbacks.size === 0 && watched.get(sessionId) === callbacks) watched.delete(sessionId);
      };
    },
    close(): void {
      clearTimeout(timer);
      watched.clear();
    },
  };
}

/** Ends the iteration within 5 s of the end of the viewer's session. */
export function whileSignedIn<T>(
  { sessions, viewer }: { sessions: SessionWatch; viewer: Viewer | null },
  values: AsyncIterableIterator<T>,
): AsyncIterableIterator<T> {
  if (!viewer) return values;
  return withCleanup(
    values,
    sessions.watch(viewer.sessionId, () => void values.return?.()),
  );
}
