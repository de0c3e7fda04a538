/** Claims tasks and begins their steps: those that are due, and one that was just accepted. */
import type { Task } from '../../generated/prisma/client.ts';
import type { Log } from '../../lib/log.ts';
import { createLoop } from '../../lib/loop.ts';
import type { TaskStore } from '../store/store.ts';
import type { RunningSteps } from './running.ts';
import type { Steps } from './steps.ts';

interface Dependencies {
  store: Pick<TaskStore, 'claim' | 'claimOne' | 'nextWork'>;
  steps: Pick<Steps, 'runStep' | 'spreadDuePolls'>;
  running: Pick<RunningSteps, 'begin' | 'countByProvider' | 'taskIds'>;
  /** Names of the providers that this node has. */
  providers: readonly string[];
  node: string;
  /** Concurrent steps for each provider. */
  concurrency: number;
  leaseMs: number;
  idleMs: number;
  /** Called where the deadline of a task has passed. */
  onOverdue: () => void;
  /** Called where a cancel is to be sent to a provider. */
  onCancelDue: () => void;
  log: Log;
  stopping: AbortSignal;
}

/** The shortest pause between two looks: a due task that was not claimed may be leased to another node for a while. */
const minPauseMs = 50;
/** Ends of steps within this time share one claim. */
const coalesceMs = 5;

export function createClaims(dependencies: Dependencies) {
  const { store, steps, running, providers, leaseMs, idleMs, log, stopping } = dependencies;
  const { free, reserve } = createCapacity(dependencies);
  // When the database began to respond, by the monotonic clock; undefined while it does not.
  let respondingSinceMs: number | undefined = -Infinity;
  // When a task is due, by the monotonic clock. Until then a pass looks and claims nothing.
  let dueAtMs = -Infinity;
  // Whether tasks may be due that found no place.
  let isBacklogged = false;
  // When `nextWork` was read last, by the monotonic clock.
  let lookedAtMs = -Infinity;
  const accepting = new Set<Promise<void>>();

  const begin = (task: Task) => void running.begin(task, (lease) => steps.runStep(lease));

  async function claimDue(): Promise<void> {
    for (;;) {
      const held = await steps.spreadDuePolls();
      const { names, limit } = free();
      // After an outage of the database, owners get time to renew leases that expired meanwhile.
      const mayTakeExpired =
        respondingSinceMs !== undefined && performance.now() - respondingSinceMs > leaseMs / 2;
      const options = { limit, leaseMs, providers: names, running: running.taskIds(), mayTakeExpired, held };
      isBacklogged = names.length < providers.length;
      const claimed = limit > 0 ? await store.claim(dependencies.node, options) : [];
      claimed.forEach(begin);
      if (claimed.length < limit || limit === 0 || stopping.aborted) return;
    }
  }

  async function pass(): Promise<number> {
    if (dueAtMs <= performance.now()) {
      dueAtMs = Infinity;
      await claimDue();
    }
    // In a backlog the next claim begins when a step ends, whatever is due.
    if (isBacklogged && performance.now() - lookedAtMs < idleMs) {
      dueAtMs = Math.min(dueAtMs, performance.now() + idleMs);
      return Math.max(0, dueAtMs - performance.now());
    }
    const next = await store.nextWork(providers, running.taskIds());
    lookedAtMs = performance.now();
    respondingSinceMs ??= performance.now();
    if (next.overdueInMs !== null && next.overdueInMs <= 0) dependencies.onOverdue();
    if (next.isCancelDue) dependencies.onCancelDue();
    // A due task of a busy provider is claimed when a step ends.
    const dueInMs = isBacklogged ? idleMs : Math.max(minPauseMs, next.dueInMs ?? Infinity);
    dueAtMs = Math.min(dueAtMs, performance.now() + dueInMs);
    // What is overdue already is ended by another loop, or cannot be ended yet.
    const { overdueInMs } = next;
    const untilOverdueMs =
      overdueInMs !== null && overdueInMs > 0 ? Math.max(minPauseMs, overdueInMs) : Infinity;
    // A claim may have been asked for during the pass.
    return Math.min(idleMs, Math.max(0, dueAtMs - performance.now()), untilOverdueMs);
  }

  const loop = createLoop({
    pass,
    onError(error) {
      log.error({ error }, 'worker pass failed');
      // Expired leases are left to their owners for a while after the database is back.
      respondingSinceMs = undefined;
      dueAtMs = lookedAtMs = -Infinity;
    },
    idleMs,
    stopping,
  });

  /** Claims within that time. */
  function claimWithin(delayMs: number): void {
    dueAtMs = Math.min(dueAtMs, performance.now() + delayMs);
    loop.wakeWithin(delayMs);
  }

  async function claimAccepted(task: Task): Promise<void> {
    const release = reserve(task.provider);
    if (!release) return void (isBacklogged = true);
    try {
      const claimed = await store.claimOne(task, dependencies.node, leaseMs);
      if (claimed) begin(claimed);
      // Its place is free without a step that ends.
      else if (isBacklogged) claimWithin(coalesceMs);
    } catch (error) {
      log.warn({ error }, 'accepted task not claimed');
      claimWithin(minPauseMs);
    } finally {
      release();
    }
  }

  return {
    run: loop.run,
    /** Claims the accepted task immediately where its provider has a free place; else when a step ends. */
    accept(task: Task): void {
      if (stopping.aborted || !providers.includes(task.provider)) return;
      const work = claimAccepted(task).finally(() => accepting.delete(work));
      accepting.add(work);
    },
    /** Resolves when no accepted task is being claimed. */
    settled: () => Promise.all(accepting),
    /** Called when a step has ended: its place is free, and its task is due again after that time. */
    onStepEnd(dueInMs: number | null): void {
      if (isBacklogged) claimWithin(coalesceMs);
      else if (dueInMs !== null && dueInMs < idleMs) claimWithin(Math.max(coalesceMs, dueInMs));
    },
  };
}

/** Counts the places for steps that are free, by provider. */
function createCapacity({
  running,
  providers,
  concurrency,
}: Pick<Dependencies, 'running' | 'providers' | 'concurrency'>) {
  // Places of accepted tasks that are being claimed.
  const reserved = new Map<string, number>();
  const counts = () => {
    const taken = running.countByProvider();
    return (provider: string) => (taken.get(provider) ?? 0) + (reserved.get(provider) ?? 0);
  };
  return {
    /** Providers below their concurrency, and how many tasks may be claimed together without exceeding it for any. */
    free(): { names: string[]; limit: number } {
      const countOf = counts();
      const names = providers.filter((provider) => countOf(provider) < concurrency);
      return { names, limit: names.length && concurrency - Math.max(...names.map(countOf)) };
    },
    /** Takes a place; undefined where there is none. @returns its release */
    reserve(provider: string): (() => void) | undefined {
      if (counts()(provider) >= concurrency) return undefined;
      reserved.set(provider, (reserved.get(provider) ?? 0) + 1);
      return () => void reserved.set(provider, (reserved.get(provider) ?? 1) - 1);
    },
  };
}
