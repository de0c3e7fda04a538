/**
 * Detects a PostgreSQL server that has fallen silent, as behind a firewall that dropped its connections: they stay open,
 * and nothing is ever answered. The heartbeat has a connection of its own, which no slow statement occupies.
 */
import { setImmediate } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import type { FollowedClock } from '../lib/clock.ts';
import { sleep } from '../lib/sleep.ts';

interface Options {
  config: ClientConfig;
  /**
   * Called before each beat; the function it returns is called if the beat is not answered in time. It drops every
   * connection, that of the heartbeat too, and returns true; or it returns false, and the heartbeat goes on waiting.
   */
  onBeat: () => () => boolean;
  /** Set by the server's answers. */
  clock: FollowedClock;
}

/** The server's time of day in milliseconds, as `ms`. */
export const timeStatement = 'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS "ms"';

const everyMs = 1_000;
/** A busy server answers an idle connection sooner. */
const silentMs = 2_500;
/** Limit of a query, which the client's own limit for connecting is added to. */
const longestMs = 2 * silentMs;

/** Asks the server for a sign of life until it is stopped. */
export function startHeartbeat({ config, onBeat, clock }: Options): { stop(): Promise<void> } {
  const stopping = new AbortController();
  let client: Client | undefined;

  const drop = (dropped: Client) => {
    if (client === dropped) client = undefined;
    void dropped.end().catch(() => {});
  };
  const beat = async (): Promise<void> => {
    const isNew = client === undefined;
    const asked = (client ??= new Client({ ...config, query_timeout: longestMs }).on('error', () => {})); // The pending query rejects.
    try {
      if (isNew) await asked.connect();
      const sentAtMs = performance.now();
      const { rows } = await asked.query<{ ms: number }>(timeStatement);
      clock.observe(rows[0]!.ms, sentAtMs, performance.now());
    } catch {
      drop(asked); // The server is unreachable, which is not silence: its clients' queries fail at once.
    }
  };
  const isSilent = async (): Promise<boolean> => {
    // Connecting has its own limit, and a server that many processes connect to at once takes long: to drop connections
    // then makes them connect again, which never ends.
    const isConnecting = client === undefined;
    const answered = new AbortController();
    let isAnswered = false;
    void beat().then(() => {
      isAnswered = true;
      answered.abort();
    });
    const waitMs = isConnecting ? longestMs : silentMs;
    await sleep(waitMs, AbortSignal.any([answered.signal, stopping.signal]));
    if (isConnecting) return false;
    // A process that was busy or stopped for so long has not read the answer that may have come.
    for (let turns = 0; turns < 3 && !isAnswered; turns += 1) await setImmediate();
    return !isAnswered && !stopping.signal.aborted;
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      const dropSilent = onBeat();
      if ((await isSilent()) && dropSilent()) client = undefined;
      else await sleep(everyMs, stopping.signal);
    }
    if (client) drop(client);
  })();

  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
