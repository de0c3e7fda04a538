/** Watches for the end of sessions and API keys, so that their subscriptions end too. */
import type { PrismaClient } from '../generated/prisma/client.ts';
import type { Log } from '../lib/log.ts';
import type { Viewer } from './viewer.ts';

/** Values that can be ended, and report their end once. */
interface Ending {
  end(): void;
  onEnd(callback: () => void): void;
}

export type CredentialWatch = ReturnType<typeof createCredentialWatch>;

const everyMs = 4_000;

/** One query for all watched credentials, however many there are; none while none is watched. */
export function createCredentialWatch({ prisma, log }: { prisma: PrismaClient; log: Log }) {
  const watched = new Map<string, Set<Ending>>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    // One text: the driver would escape and copy every element of an array.
    const ids = [...watched.keys()].join();
    // Only what has ended is returned; OFFSET keeps the planner at one search of each index an id.
    const rows = await prisma.$queryRaw<{ id: string }[]>`
      SELECT "id" FROM unnest(string_to_array(${ids}, ',')) AS "watched"("id")
      WHERE NOT EXISTS (
        SELECT FROM "Session" JOIN "User" ON "User"."id" = "userId"
        WHERE "Session"."id" = "watched"."id" AND "expiresAt" > now() AND "disabledAt" IS NULL OFFSET 0
      ) AND NOT EXISTS (
        SELECT FROM "ApiKey" JOIN "User" ON "User"."id" = "userId"
        WHERE "ApiKey"."id" = "watched"."id" AND "enabled" AND coalesce("expiresAt" > now(), true)
          AND "disabledAt" IS NULL OFFSET 0
      )`;
    for (const { id } of rows) {
      const ended = watched.get(id) ?? [];
      watched.delete(id);
      for (const values of ended) values.end();
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
    /** Ends the values within 5 s of the end of the session or API key. */
    watch(credentialId: string, values: Ending): void {
      const endings = watched.get(credentialId) ?? new Set();
      watched.set(credentialId, endings.add(values));
      schedule();
      values.onEnd(() => {
        endings.delete(values);
        if (endings.size === 0 && watched.get(credentialId) === endings) watched.delete(credentialId);
      });
    },
    close(): void {
      clearTimeout(timer);
      watched.clear();
    },
  };
}

/** Ends the values within 5 s of the end of the viewer's session or API key. @returns the values */
export function whileSignedIn<Values extends Ending>(
  { credentials, viewer }: { credentials: CredentialWatch; viewer: Pick<Viewer, 'credentialId'> | null },
  values: Values,
): Values {
  if (viewer) credentials.watch(viewer.credentialId, values);
  return values;
}
