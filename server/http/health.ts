/** Liveness and readiness, for balancers and operators. */
import type { Handler } from './handler.ts';

/** Parts that must work for this node to serve; each rejects with its reason otherwise. */
export type Checks = Readonly<Record<string, () => Promise<void>>>;

const checkTimeoutMs = 3_000;
const freshMs = 1_000;

/** Answers 200 as long as the process can answer at all. */
export const liveness: Handler = (_, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end('{"status":"ok"}\n');
};

/** Answers 200 where every check passes, and 503 with the names of those that do not; `isDraining` makes it 503. */
export function createReadiness(checks: Checks, isDraining: () => boolean): Handler {
  const run = () =>
    Promise.all(
      Object.entries(checks).map(
        async ([name, check]) => [name, (await passes(check)) ? 'ok' : 'failing'] as const,
      ),
    );
  let last: { results: ReturnType<typeof run>; atMs: number } | undefined;
  return async (_, response) => {
    // Anyone may ask, so asking often must cost nothing.
    if (!last || Date.now() - last.atMs > freshMs) last = { results: run(), atMs: Date.now() };
    const results = await last.results;
    const ready = !isDraining() && results.every(([, result]) => result === 'ok');
    response.writeHead(ready ? 200 : 503, { 'Content-Type': 'application/json' });
    const status = isDraining() ? 'draining' : ready ? 'ok' : 'failing';
    response.end(`${JSON.stringify({ status, checks: Object.fromEntries(results) })}\n`);
  };
}

async function passes(check: () => Promise<void>): Promise<boolean> {
  const timeout = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => timeout.resolve(false), checkTimeoutMs);
  try {
    return await Promise.race([check().then(() => true), timeout.promise]);
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
