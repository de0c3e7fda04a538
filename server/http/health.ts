/** Liveness, readiness and the state of each component, for balancers and operators. */
import type { Log } from '../lib/log.ts';
import type { Handler } from './handler.ts';

export interface Component {
  /** Resolves where the component works now; rejects with the reason otherwise. */
  check(): Promise<void>;
  /** Without it this node cannot serve at all. Where another one fails, the node serves on, with less. */
  isRequired: boolean;
  /** How long a result is used again: checks may write, and anyone may ask. */
  freshMs: number;
}

export interface Health {
  /** Answers `/readyz`: 200 where this node can serve, 503 where it cannot or stops; each component as `ok` or `failing`. */
  readiness: Handler;
  /** Whether each component works. */
  states(): Promise<[name: string, isUp: boolean][]>;
}

const checkTimeoutMs = 3_000;

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
}): Health {
  const components = Object.entries(options.components).map(([name, component]) => ({
    name,
    isRequired: component.isRequired,
    isUp: watched(name, component, options.log),
  }));
  const states = () =>
    Promise.all(components.map(async ({ name, isUp }): Promise<[string, boolean]> => [name, await isUp()]));
  return {
    states,
    async readiness(_, response) {
      const results = new Map(await states());
      const isReady = components.every(({ name, isRequired }) => !isRequired || results.get(name));
      const isWhole = [...results.values()].every(Boolean);
      const isDraining = options.isDraining();
      const status = isDraining ? 'draining' : isWhole ? 'ok' : isReady ? 'degraded' : 'failing';
      const checks = Object.fromEntries([...results].map(([name, isUp]) => [name, isUp ? 'ok' : 'failing']));
      response.writeHead(isReady && !isDraining ? 200 : 503, { 'Content-Type': 'application/json' });
      response.end(`${JSON.stringify({ status, checks })}\n`);
    },
  };
}

function watched(name: string, { check, isRequired, freshMs }: Component, log: Log): () => Promise<boolean> {
  let wasUp = true;
  let last: { result: Promise<boolean>; untilMs: number } | undefined;
  const run = async () => {
    const fault = await faultOf(check);
    const isUp = fault === undefined;
    if (isUp !== wasUp) {
      const consequence = isRequired ? 'this node cannot serve' : 'this node serves on without it';
      if (isUp) log.info({ component: name }, 'component works again');
      else log.warn({ component: name, error: fault }, `component fails: ${consequence}`);
    }
    wasUp = isUp;
    return isUp;
  };
  return () => {
    // A failing component is looked at again sooner, so that its return shows.
    const maxAgeMs = () => (wasUp ? freshMs : Math.min(freshMs, 1_000));
    if (!last || performance.now() > last.untilMs) {
      const result = run();
      last = { result, untilMs: performance.now() + maxAgeMs() };
      const current = last;
      void result.then(() => (current.untilMs = performance.now() + maxAgeMs()));
    }
    return last.result;
  };
}

/** Why the check fails; undefined where it passes. */
async function faultOf(check: () => Promise<void>): Promise<unknown> {
  const late = Promise.withResolvers<unknown>();
  const timer = setTimeout(() => late.resolve(new Error('No answer within 3 s')), checkTimeoutMs);
  try {
    return await Promise.race([
      check().then(
        () => undefined,
        (error: unknown) => error ?? new Error('No reason given'),
      ),
      late.promise,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
