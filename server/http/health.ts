/** Liveness, readiness and the state of each component, for balancers and operators. */
import type { Log } from '../lib/log.ts';
import { withTimeout } from '../lib/timeout.ts';
import type { Handler } from './handler.ts';

export interface Component {
  /** Resolves where the component works now; rejects with the reason otherwise. */
  check(): Promise<void>;
  /** Without it this node cannot serve at all. Where another one fails, the node serves on, with less. */
  isRequired: boolean;
  /** How long a result is used again: checks may write, and anyone may ask. */
  freshMs: number;
}

/** Answers 200 as long as the process can answer at all. */
export const liveness: Handler = (_, response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end('{"status":"ok"}\n');
};

/** Checks components when they are asked for, and logs each change of a component's state with its reason. */
export function createHealth(options: {
  components: Readonly<Record<string, Component>>;
  isDraining: () => boolean;
  log: Log;
}) {
  const components = Object.entries(options.components).map(([name, component]) => ({
    name,
    isRequired: component.isRequired,
    isUp: createCheck(name, component, options.log),
  }));
  /** Whether each component works. */
  const states = () =>
    Promise.all(components.map(async ({ name, isUp }): Promise<[string, boolean]> => [name, await isUp()]));
  /** Answers `/readyz`: 200 where this node can serve, 503 where it cannot or stops; each component as `ok` or `failing`. */
  const readiness: Handler = async (_, response) => {
    const results = new Map(await states());
    const isReady = components.every(({ name, isRequired }) => !isRequired || results.get(name));
    const isWhole = [...results.values()].every(Boolean);
    const isDraining = options.isDraining();
    const status = isDraining ? 'draining' : isWhole ? 'ok' : isReady ? 'degraded' : 'failing';
    const checks = Object.fromEntries([...results].map(([name, isUp]) => [name, isUp ? 'ok' : 'failing']));
    response.writeHead(isReady && !isDraining ? 200 : 503, { 'Content-Type': 'application/json' });
    response.end(`${JSON.stringify({ status, checks })}\n`);
  };
  return { states, readiness };
}

/** A check of the component that uses a fresh result again. */
function createCheck(name: string, { check, isRequired, freshMs }: Component, log: Log) {
  let wasUp = true;
  let last: { result: Promise<boolean>; untilMs: number } | undefined;
  const run = async () => {
    const error: unknown = await withTimeout(3_000, 'No answer within 3 s', check()).then(
      () => undefined,
      (reason: unknown) => reason ?? new Error('No reason given'),
    );
    const isUp = error === undefined;
    if (isUp && !wasUp) log.info({ component: name }, 'component works again');
    if (!isUp && wasUp) {
      const consequence = isRequired ? 'this node cannot serve' : 'this node serves on without it';
      log.warn({ component: name, error }, `component fails: ${consequence}`);
    }
    return (wasUp = isUp);
  };
  return (): Promise<boolean> => {
    // A failing component is checked again sooner, so that its return shows.
    const freshUntilMs = () => performance.now() + (wasUp ? freshMs : Math.min(freshMs, 1_000));
    if (!last || performance.now() > last.untilMs) {
      const current = { result: run(), untilMs: freshUntilMs() };
      last = current;
      void current.result.then(() => (current.untilMs = freshUntilMs()));
    }
    return last.result;
  };
}
