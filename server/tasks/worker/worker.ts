/** Takes due tasks, as many at a time as it may, and gives each a turn; ends those whose deadline has passed. */
import type { Task } from '../../generated/prisma/client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { JsonValue } from '../../lib/json.ts';
import type { Log } from '../../lib/log.ts';
import { withLogFields } from '../../lib/log-context.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import { sleep } from '../../lib/sleep.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { TaskEvents } from '../events.ts';
import type { TaskStore } from '../store/store.ts';
import { isFinal, refundOf } from '../task.ts';
import type { Canceler } from './cancel.ts';
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
  canceler: Pick<Canceler, 'cancelDue'>;
  /** Names of the providers that this node has; tasks of others are left to nodes that have theirs. */
  providers: readonly string[];
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
const endingsAtOnce = 4;
const retryAfterErrorMs = 2_000;
const longestRetryMs = 60_000;
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
    canceler,
    providers,
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
  let loops: Promise<unknown> | undefined;
  // Overdue tasks that could not be ended, and when to try again.
  const unending = new Map<string, { tries: number; againAtMs: number }>();
  // Since when the database answers, by the monotonic clock; undefined while it does not.
  let backAtMs: number | undefined = -Infinity;

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
      taking.wake();
    });
    running.set(task.id, { provider: task.provider, abort, end, done });
    return done;
  }

  /** Ends the task, which no turn of this node needs to be waited for. */
  async function end(task: Task): Promise<void> {
    // No node that has the provider has begun it, nor ended it in time.
    const hasNoProvider = task.attempt === 0 && !providers.includes(task.provider);
    const failureCode = hasNoProvider ? 'MODEL_NOT_FOUND' : 'TIMEOUT';
    const ending = {
      status: 'FAILED',
      failureCode,
      refundCredits: refundOf(task, 0),
      cancelUpstream: true,
    } as const;
    const settled = await store.settle(task, ending);
    if (!settled) return;
    log.info({ taskId: task.id, code: failureCode }, 'task ended at its deadline');
    events.publish(settled);
    running.get(task.id)?.abort.abort();
  }

  /** Ends what is overdue; what cannot be ended is tried again by itself, less and less often. */
  async function endOverdue(): Promise<number> {
    const nowMs = performance.now();
    const except = [...unending].flatMap(([id, { againAtMs }]) => (againAtMs > nowMs ? [id] : []));
    const overdue = await store.overdue({ limit: overdueBatch, providers, except });
    const endings = createSemaphore(endingsAtOnce);
    await Promise.all(
      overdue.map((task) =>
        endings.run(async () => {
          if (stopping.signal.aborted) return;
          try {
            await end(task);
            unending.delete(task.id);
          } catch (error) {
            const tries = (unending.get(task.id)?.tries ?? 0) + 1;
            const waitMs = Math.min(retryAfterErrorMs * 2 ** (tries - 1), longestRetryMs);
            unending.set(task.id, { tries, againAtMs: performance.now() + waitMs });
            log.error({ taskId: task.id, tries, error }, 'overdue task could not be ended');
          }
        }),
      ),
    );
    if (overdue.length === 0 && except.length === 0) unending.clear(); // Others may have ended them.
    return overdue.length < overdueBatch ? idleMs : 0;
  }

  /** Providers with a free place, and how many tasks may be taken at once without giving any of them too many. */
  function places(): { free: string[]; limit: number } {
    const turns = new Map<string, number>();
    for (const { provider } of running.values()) turns.set(provider, (turns.get(provider) ?? 0) + 1);
    const free = providers.filter((provider) => (turns.get(provider) ?? 0) < concurrency);
    const most = Math.max(0, ...free.map((provider) => turns.get(provider) ?? 0));
    return { free, limit: concurrency - most };
  }

  /** Begins what is due; how long to sleep after it. */
  async function takeDue(): Promise<number> {
    for (;;) {
      const { free, limit } = places();
      // Leases that ran out while the database was away are their owners' to renew, if they are still there.
      const abandoned = backAtMs !== undefined && performance.now() - backAtMs > leaseMs / 2;
      const claimed = await store.claim(node, {
        limit,
        leaseMs,
        providers: free,
        running: [...running.keys()],
        abandoned,
      });
      backAtMs ??= performance.now();
      for (const task of claimed) void begin(task);
      if (claimed.length < limit || stopping.signal.aborted) break;
    }
    // What is due but has no place begins when a turn ends, which wakes the worker.
    if (places().free.length < providers.length) return idleMs;
    const dueInMs = await store.nextDueInMs(providers, [...running.keys()]);
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

  /** Repeats the step after the time that it resolves with, or when it is woken. */
  function createLoop(step: () => Promise<number>, onError: (error: unknown) => void) {
    let alarm = new AbortController();
    return {
      wake: () => alarm.abort(),
      async run() {
        while (!stopping.signal.aborted) {
          alarm = new AbortController();
          const pauseMs = await step().catch((error: unknown) => {
            onError(error);
            return idleMs;
          });
          await sleep(pauseMs, AbortSignal.any([alarm.signal, stopping.signal]));
        }
      },
    };
  }

  // Apart from each other, so that an end that takes long holds up no turn.
  const taking = createLoop(takeDue, (error) => {
    log.error({ error }, 'worker pass failed');
    backAtMs = undefined;
  });
  const canceling = createLoop(
    async () => ((await canceler.cancelDue(stopping.signal)) ? 0 : idleMs),
    (error) => log.error({ error }, 'look for work to cancel failed'),
  );
  const ending = createLoop(endOverdue, (error) => log.error({ error }, 'look for overdue tasks failed'));

  return {
    get activeTurns() {
      return running.size;
    },
    start() {
      loops ??= Promise.all([taking.run(), ending.run(), canceling.run()]);
    },
    notice(task) {
      if (isFinal(task)) running.get(task.id)?.abort.abort();
      taking.wake();
      canceling.wake();
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
      await loops;
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
