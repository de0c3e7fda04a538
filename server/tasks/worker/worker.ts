/** Takes due tasks, as many at a time as it may, and gives each a turn; ends those whose deadline has passed. */
import type { Task } from '../../generated/prisma/client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { JsonValue } from '../../lib/json.ts';
import type { Log } from '../../lib/log.ts';
import { withLogFields } from '../../lib/log-context.ts';
import { sleep } from '../../lib/sleep.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { TaskEvents } from '../events.ts';
import type { TaskStore } from '../store.ts';
import { isFinal, refundOf } from '../task.ts';
import { holdLease, type Lease, LeaseLost } from './lease.ts';

export interface Worker {
  start(): void;
  /** Acts at once on a task that was accepted, or that ended here while a turn may be under way. */
  notice(task: Task): void;
  /**
   * Acts at once on what a provider told by itself, so that it need not be asked. Work that nobody waits for any more is
   * canceled there. Resolves when it is done; where it cannot be, polling does without.
   */
  report(report: ProviderReport): Promise<void>;
  /** Turns under way. */
  readonly activeTurns: number;
  /**
   * Takes nothing new, cuts short what only asks, and waits for the other turns under way, `graceMs` at most; then lets
   * go of them.
   */
  stop(options: { graceMs: number }): Promise<void>;
}

interface Dependencies {
  store: TaskStore;
  events: TaskEvents;
  clock: Clock;
  turns: {
    takeTurn(lease: Lease): Promise<void>;
    takeReport(lease: Lease, report: ProviderReport): Promise<void>;
    cancelOrphan(providerName: string, operation: JsonValue): Promise<void>;
  };
  /** Tells this process from others. */
  node: string;
  /** Turns at a time for each provider, so that a slow one does not hold up the others. */
  concurrency: number;
  log: Log;
  leaseMs?: number;
  /** How long it sleeps at most where nothing is due: tasks may come from other nodes. */
  idleMs?: number;
}

const overdueBatch = 100;
const retryAfterErrorMs = 2_000;
/** Between two passes at least: what is due and was not taken may be another's for a while. */
const minPauseMs = 50;
/** How often, and how long apart, a report tries to get the lease from another node. */
const reportTries = 20;
const reportPauseMs = 100;

export function createWorker(dependencies: Dependencies): Worker {
  const {
    store,
    events,
    clock,
    turns,
    node,
    concurrency,
    log,
    leaseMs = 15_000,
    idleMs = 1_000,
  } = dependencies;
  const running = new Map<
    string,
    { provider: string; abort: AbortController; end: () => void; done: Promise<void> }
  >();
  const reporting = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let alarm = new AbortController();
  let loop: Promise<void> | undefined;
  // Since when the database answers, by the monotonic clock; undefined while it does not.
  let backAtMs: number | undefined = -Infinity;

  const wake = () => alarm.abort();

  async function run(
    lease: Lease,
    abort: AbortController,
    turn: (lease: Lease) => Promise<void>,
  ): Promise<void> {
    const { task } = lease;
    const toDeadlineMs = task.deadlineAt.getTime() - clock.nowMs();
    const deadline = isFinal(task) ? undefined : setTimeout(() => abort.abort(), Math.max(0, toDeadlineMs));
    try {
      await turn(lease);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      log.error({ taskId: task.id, error }, 'turn failed');
      await lease.release(retryAfterErrorMs).catch(() => {}); // Else the lease runs out by itself.
    } finally {
      clearTimeout(deadline);
    }
  }

  const handBack = (lease: Lease) => lease.release(0);

  function begin(
    task: Task,
    turn: (lease: Lease) => Promise<void> = (lease) => turns.takeTurn(lease),
  ): Promise<void> {
    const abort = new AbortController();
    const { lease, end } = holdLease(task, abort, {
      store,
      events,
      clock,
      leaseMs,
      stopping: stopping.signal,
    });
    // What was claimed while the worker began to stop is for another.
    const work = () => run(lease, abort, stopping.signal.aborted ? handBack : turn);
    const done = withLogFields({ taskId: task.id }, work).finally(() => {
      end();
      // A task whose lease ran out may have been taken again here meanwhile.
      if (running.get(task.id)?.abort === abort) running.delete(task.id);
      wake();
    });
    running.set(task.id, { provider: task.provider, abort, end, done });
    return done;
  }

  async function endOverdue(): Promise<void> {
    for (const task of await store.overdue(overdueBatch)) {
      const ending = {
        status: 'FAILED',
        failureCode: 'TIMEOUT',
        refundCredits: refundOf(task, 0),
        cancelUpstream: true,
      } as const;
      const settled = await store.settle(task, ending);
      if (!settled) continue;
      log.info({ taskId: task.id }, 'task timed out');
      events.publish(settled);
      running.get(task.id)?.abort.abort();
    }
  }

  /** Providers without a free place, and how many tasks may be taken at once without giving any other too many. */
  function places(): { full: string[]; limit: number } {
    const turns = new Map<string, number>();
    for (const { provider } of running.values()) turns.set(provider, (turns.get(provider) ?? 0) + 1);
    const full = [...turns].flatMap(([provider, count]) => (count >= concurrency ? [provider] : []));
    const most = Math.max(0, ...[...turns.values()].filter((count) => count < concurrency));
    return { full, limit: concurrency - most };
  }

  /** One pass; how long to sleep after it. */
  async function pass(): Promise<number> {
    await endOverdue();
    backAtMs ??= performance.now();
    for (;;) {
      const { full, limit } = places();
      // Leases that ran out while the database was away are their owners' to renew, if they are still there.
      const abandoned = performance.now() - backAtMs > leaseMs / 2;
      const claimed = await store.claim(node, {
        limit,
        leaseMs,
        full,
        running: [...running.keys()],
        abandoned,
      });
      for (const task of claimed) void begin(task);
      if (claimed.length < limit || stopping.signal.aborted) break;
    }
    // What is due but has no place begins when a turn ends, which wakes the worker.
    if (places().full.length > 0) return idleMs;
    const dueInMs = await store.nextDueInMs([...running.keys()]);
    return Math.min(idleMs, Math.max(minPauseMs, dueInMs ?? idleMs));
  }

  async function act(report: ProviderReport): Promise<void> {
    const { taskId, attempt, state } = report;
    for (let tries = 0; tries < reportTries && !stopping.signal.aborted; tries += 1) {
      // A turn here may be about to write the very answer that names this work.
      for (let turn = running.get(taskId); turn; turn = running.get(taskId)) await turn.done;
      const claimed = await store.claimOne({ id: taskId, attempt }, node, leaseMs);
      if (claimed) return begin(claimed, (lease) => turns.takeReport(lease, report));
      const task = await store.find(taskId);
      const isWanted = task !== null && !isFinal(task) && task.attempt === attempt;
      if (!isWanted) {
        if (task && state.status === 'running') await turns.cancelOrphan(task.provider, state.operation);
        return;
      }
      await sleep(reportPauseMs, stopping.signal);
    }
  }

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      alarm = new AbortController();
      const pauseMs = await pass().catch((error: unknown) => {
        log.error({ error }, 'worker pass failed');
        backAtMs = undefined;
        return idleMs;
      });
      await sleep(pauseMs, AbortSignal.any([alarm.signal, stopping.signal]));
    }
  }

  return {
    get activeTurns() {
      return running.size;
    },
    start() {
      loop ??= work();
    },
    notice(task) {
      if (isFinal(task)) running.get(task.id)?.abort.abort();
      wake();
    },
    async report(report) {
      // One after the other: each would find the lease of the one before in its way.
      const { taskId } = report;
      const done = Promise.resolve(reporting.get(taskId))
        .catch(() => {}) // Its caller is told.
        .then(() => act(report))
        .finally(() => {
          if (reporting.get(taskId) === done) reporting.delete(taskId);
        });
      reporting.set(taskId, done);
      return done;
    },
    async stop({ graceMs }) {
      stopping.abort();
      await loop;
      // Reports that had come before may begin a turn yet.
      const done = (async () => {
        while (running.size > 0) await Promise.all([...running.values()].map((turn) => turn.done));
      })();
      const grace = new AbortController();
      await Promise.race([done, sleep(graceMs, grace.signal)]);
      grace.abort();
      for (const turn of running.values()) {
        turn.end();
        turn.abort.abort();
      }
    },
  };
}
