/** Refuses work on a PostgreSQL server while nodes are connected to the same database. */
import { sessionName } from '../database/postgres.ts';
import { sleep } from '../lib/sleep.ts';
import type { Session } from './session.ts';

const attempts = 10;
const attemptMs = 500;

/**
 * Resolves once the session is alone on its schema: connections of a server that has just stopped may take a moment to end.
 * @throws {Error} with their names and what to do where others stay connected for 5 seconds
 */
export async function refuseOtherSessions(session: Session): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const others = await session.query<{ application: string; address: string }>(
      `SELECT coalesce(nullif("application_name", ''), 'unnamed') AS "application",
        coalesce("client_addr"::text, 'this machine') AS "address"
      FROM pg_stat_activity
      WHERE "datname" = current_database() AND "pid" <> pg_backend_pid()
        -- Hidden where the session is of a role that this one may not see.
        AND coalesce("backend_type", 'client backend') = 'client backend'
        -- Never hidden; an autovacuum has none.
        AND "usesysid" IS NOT NULL
        -- Those that say that they use another schema, as this one says its own.
        AND NOT (
          starts_with(current_setting('application_name'), '${sessionName}')
          AND starts_with("application_name", '${sessionName}')
          AND "application_name" <> current_setting('application_name')
        )`,
    );
    if (others.length === 0) return;
    if (attempt === attempts)
      throw new Error(
        `The database is in use by ${others.length} other connection(s): ` +
          `${[...new Set(others.map(({ application, address }) => `${application} at ${address}`))].join(', ')}. ` +
          'Stop every node, and what else is connected (also a pooler, which keeps connections open), and run this again.',
      );
    await sleep(attemptMs);
  }
}
