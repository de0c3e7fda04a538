/**
 * Claims due tasks, as many at a time as allowed, and runs an attempt on each; settles tasks whose deadline has passed.
 *
 * A task's state is in its columns. `status` shows a client PENDING until the provider starts the work; the worker goes by
 * these:
 *
 * | state      | columns                              | the next attempt (`attempt.ts`)                          |
 * | ---------- | ------------------------------------ | -------------------------------------------------------- |
 * | queued     | no `submittingAt`, no `operation`    | `submit`                                                 |
 * | submitting | `submittingAt`, no `operation`       | `recover`: its submitter stopped, or the answer was lost |
 * | running    | `operation`                          | `follow`: polls, or waits for a webhook                  |
 * | final      | `status` SUCCESS, FAILED or CANCELED | none                                                     |
 *
 * ```
 *            1             2
 * queued ──────> submitting ──────> running ─┐ 3
 *   ^                │                 │  ^──┘
 *   └────────────────┴────────4────────┤
 *                                      v 5
 *          any of the three ───────> final
 * ```
 *
 * Every write is one compare-and-set statement. Where its condition fails, another writer was first: nothing is written,
 * and the attempt ends with `LeaseLost`.
 *
 * | write                                            | condition (the fence)                          | new version |
 * | ------------------------------------------------ | ---------------------------------------------- | ----------- |
 * | `claim`: lease a due task                        | due; no lease, or an expired one; row locked   | yes         |
 * | `claimOne`: lease the task of a webhook          | same submission; not final; no unexpired lease | yes         |
 * | `renewLease`                                     | version and lease owner                        | no          |
 * | `releaseLease`: sets `dueAt` only                | version and lease owner                        | no          |
 * | `change` 1: before `provider.start` is called    | version; extends the lease                     | yes         |
 * | `change`: progress during a call                 | version; extends the lease                     | yes         |
 * | `change` 2: the provider took it, or it is found | version; releases the lease                    | yes         |
 * | `change` 3: progress, or an inconclusive answer  | version; releases the lease                    | yes         |
 * | `change` 4: a failure that may be retried        | version; releases the lease                    | yes         |
 * | `settle` 5: result, failure, cancel, deadline    | version; not final; clears the lease           | yes         |
 *
 * A claim raises the version, so the previous holder of an expired lease cannot write any more. The deadline and a
 * client's cancel settle without a lease, under the version that they read; the holder's next write then fails.
 */
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
  /** Acts at once on a task that was accepted, or that was settled while an attempt of this node may be running. */
  wake(task: Task): void;
  /**
   * Acts at once on a webhook, which saves a poll. Work that no task waits for is canceled at the provider. Resolves when
   * the report is handled; where that fails, polling finds the same state.
   */
  handleReport(report: ProviderReport): Promise<void>;
  /** Attempts that are running. */
  readonly activeAttempts: number;
  /**
   * Claims nothing new, aborts read-only calls to providers, and waits up to `graceMs` for the other running attempts;
   * then abandons them.
   */
  stop(options: { graceMs: number }): Promise<void>;
}

interface Dependencies {
  store: TaskStore;
  events: TaskEvents;
  clock: Clock;
  attempts: {
    runAttempt(lease: Lease): Promise<void>;
    handleReport(lease: Lease, report: ProviderReport): Promise<void>;
    cancelOrphan(providerName: string, operation: JsonValue): Promise<void>;
  };
  canceler: Pick<Canceler, 'cancelDue'>;
  /** Names of the providers that this node has. Tasks of other providers are left to other nodes. */
  providers: readonly string[];
  /** The name of this process, unique among nodes. */
  node: string;
  /** Concurrent attempts for each provider, so that a slow provider does not block the others. */
  concurrency: number;
  log: Log;
  leaseMs?: number;
  /** The longest sleep where nothing is due, as other nodes accept tasks too. */
  idleMs?: number;
}

const overdueBatch = 100;
const endingsAtOnce = 4;
const retryAfterErrorMs = 2_000;
const longestRetryMs = 60_000;
/** The shortest pause between two passes: a due task that was not claimed may be leased to another node for a while. */
const minPauseMs = 50;
/** How often, and how long apart, a report tries to claim its task while another node holds the lease. */
const reportTries = 20;
const reportPauseMs = 100;

export function createWorker(dependencies: Dependencies): Worker {
  const {
    store,
    events,
    clock,
    attempts,
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
  // When the database began to answer, by the monotonic clock; undefined while it does not.
  let backAtMs: number | undefined = -Infinity;

  async function run(
    lease: Lease,
    abort: AbortController,
    attempt: (lease: Lease) => Promise<void>,
  ): Promise<void> {
    const { task } = lease;
    const toDeadlineMs = task.deadlineAt.getTime() - clock.nowMs();
    const deadline = isFinal(task) ? undefined : setTimeout(() => abort.abort(), Math.max(0, toDeadlineMs));
    try {
      await attempt(lease);
    } catch (error) {
      if (error instanceof LeaseLost) return;
      log.error({ taskId: task.id, error }, 'attempt failed');
      await lease.release(retryAfterErrorMs).catch(() => {}); // Otherwise the lease expires.
    } finally {
      clearTimeout(deadline);
    }
  }

  const handBack = (lease: Lease) => lease.release(0);

  function begin(
    task: Task,
    attempt: (lease: Lease) => Promise<void> = (lease) => attempts.runAttempt(lease),
  ): Promise<void> {
    const abort = new AbortController();
    const { lease, end } = holdLease(task, abort, {
      store,
      events,
      clock,
      leaseMs,
      stopping: stopping.signal,
    });
    // A task that was claimed while the worker began to stop is handed back.
    const work = () => run(lease, abort, stopping.signal.aborted ? handBack : attempt);
    const done = withLogFields({ taskId: task.id }, work).finally(() => {
      end();
      // A task whose lease expired may have been claimed again by this node meanwhile.
      if (running.get(task.id)?.abort === abort) running.delete(task.id);
      claiming.wake();
    });
    running.set(task.id, { provider: task.provider, abort, end, done });
    return done;
  }

  /** Settles the overdue task without waiting for a running attempt. */
  async function end(task: Task): Promise<void> {
    // No node that has the provider has begun the task or settled it in time.
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

  /** Settles overdue tasks; one that cannot be settled is retried with growing pauses. */
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
    if (overdue.length === 0 && except.length === 0) unending.clear(); // Other nodes may have settled them.
    return overdue.length < overdueBatch ? idleMs : 0;
  }

  /** Providers below their concurrency, and how many tasks may be claimed at once without exceeding it for any. */
  function capacity(): { free: string[]; limit: number } {
    const counts = new Map<string, number>();
    for (const { provider } of running.values()) counts.set(provider, (counts.get(provider) ?? 0) + 1);
    const free = providers.filter((provider) => (counts.get(provider) ?? 0) < concurrency);
    const most = Math.max(0, ...free.map((provider) => counts.get(provider) ?? 0));
    return { free, limit: concurrency - most };
  }

  /** Claims due tasks and starts their attempts. @returns how long to sleep afterwards, in milliseconds */
  async function claimDue(): Promise<number> {
    for (;;) {
      const { free, limit } = capacity();
      // Leases that expired while the database was away get time to be renewed by their owners.
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
    // A due task of a busy provider starts when an attempt ends, which wakes the worker.
    if (capacity().free.length < providers.length) return idleMs;
    const dueInMs = await store.nextDueInMs(providers, [...running.keys()]);
    return Math.min(idleMs, Math.max(minPauseMs, dueInMs ?? idleMs));
  }

  async function apply(report: ProviderReport): Promise<void> {
    const { taskId, attempt, state } = report;
    for (let tries = 0; tries < reportTries && !stopping.signal.aborted; tries += 1) {
      // A running attempt may be about to write the answer that names this work.
      for (let run = running.get(taskId); run; run = running.get(taskId)) await run.done;
      const claimed = await store.claimOne({ id: taskId, attempt }, node, leaseMs);
      if (claimed) return begin(claimed, (lease) => attempts.handleReport(lease, report));
      const task = await store.find(taskId);
      const isWanted = task !== null && !isFinal(task) && task.attempt === attempt;
      if (!isWanted) {
        if (task && state.status === 'running') await attempts.cancelOrphan(task.provider, state.operation);
        return;
      }
      await sleep(reportPauseMs, stopping.signal);
    }
  }

  /** Repeats the step after the milliseconds it resolves with, or when it is woken. */
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

  // Separate loops, so that a slow settle delays no attempt.
  const claiming = createLoop(claimDue, (error) => {
    log.error({ error }, 'worker pass failed');
    backAtMs = undefined;
  });
  const canceling = createLoop(
    async () => ((await canceler.cancelDue(stopping.signal)) ? 0 : idleMs),
    (error) => log.error({ error }, 'look for work to cancel failed'),
  );
  const ending = createLoop(endOverdue, (error) => log.error({ error }, 'look for overdue tasks failed'));

  return {
    get activeAttempts() {
      return running.size;
    },
    start() {
      loops ??= Promise.all([claiming.run(), ending.run(), canceling.run()]);
    },
    wake(task) {
      if (isFinal(task)) running.get(task.id)?.abort.abort();
      claiming.wake();
      canceling.wake();
    },
    async handleReport(report) {
      // Reports of one task are handled in order: each would find the lease of the one before in its way.
      const { taskId } = report;
      const done = Promise.resolve(reporting.get(taskId))
        .catch(() => {}) // Its own caller gets the error.
        .then(() => apply(report))
        .finally(() => {
          if (reporting.get(taskId) === done) reporting.delete(taskId);
        });
      reporting.set(taskId, done);
      return done;
    },
    async stop({ graceMs }) {
      stopping.abort();
      await loops;
      // Reports that arrived earlier may still start an attempt.
      const done = (async () => {
        while (running.size > 0) await Promise.all([...running.values()].map((attempt) => attempt.done));
      })();
      const grace = new AbortController();
      await Promise.race([done, sleep(graceMs, grace.signal)]);
      grace.abort();
      for (const attempt of running.values()) {
        attempt.end();
        attempt.abort.abort();
      }
    },
  };
}
