/**
 * Claims due tasks, as many at a time as allowed, and runs a step on each; settles tasks whose deadline has passed.
 *
 * A task's state is in its columns. `status` shows a client PENDING until the provider starts the work; the worker goes by
 * these:
 *
 * | state      | columns                              | the next step (`steps.ts`)                               |
 * | ---------- | ------------------------------------ | -------------------------------------------------------- |
 * | queued     | no `submittingAt`, no `operation`    | `submit`                                                 |
 * | submitting | `submittingAt`, no `operation`       | `recover`: its submitter stopped, or the answer was lost |
 * | running    | `operation`                          | `follow`: polls, or estimates after a recent report      |
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
 * Every write is one compare-and-set statement. Where its condition fails, another writer was first and nothing is written.
 * The step ends with `LeaseLost`, unless the row shows that this node still owns it (`fenced-writes.ts`). The numbers are
 * those of the arrows above.
 *
 * | write                                            | condition (the fence)                          | new version |
 * | ------------------------------------------------ | ---------------------------------------------- | ----------- |
 * | `claim`: lease a due task                        | due; no lease, or an expired one; row locked   | yes         |
 * | `claimOne`: lease the task of a webhook          | same submission; not final; no unexpired lease | yes         |
 * | `renewLeases`: of all running steps of a node   | lease owner                                    | no          |
 * | `releaseLease`: ends the lease, sets `dueAt`     | version and lease owner                        | no          |
 * | `change` 1: before `provider.start` is called    | version; extends the lease                     | yes         |
 * | `change`: progress during a call                 | version; extends the lease                     | yes         |
 * | `change` 2: the provider took it, or it is found | version; releases the lease                    | yes         |
 * | `change` 3: progress, or an inconclusive answer  | version; releases the lease                    | yes         |
 * | `change` 4: a failure that may be retried        | version; releases the lease                    | yes         |
 * | `settle` 5: result, failure, cancel, deadline    | version; not final; clears the lease           | yes         |
 *
 * A final task is due only where a node of an earlier version still has to cancel it at the provider.
 *
 * A claim raises the version, so the previous holder of an expired lease cannot write any more. The deadline and a
 * client's cancel settle without a lease, under the version that they read; the holder's next write then fails.
 */
import type { Task } from '../../generated/prisma/client.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Log } from '../../lib/log.ts';
import type { TaskEvents } from '../events.ts';
import type { TaskStore } from '../store/store.ts';
import { isFinal } from '../task.ts';
import type { Canceler } from './cancel.ts';
import { createLoop } from '../../lib/loop.ts';
import { createOverduePass } from './overdue.ts';
import { createReportHandler } from './reports.ts';
import { createRunningSteps, type RunningSteps } from './running.ts';
import type { Steps } from './steps.ts';

export type Worker = ReturnType<typeof createWorker>;

interface Dependencies {
  store: TaskStore;
  events: TaskEvents;
  clock: Clock;
  steps: Steps;
  canceler: Pick<Canceler, 'cancelDue'>;
  /** Names of the providers that this node has. It claims only their tasks. */
  providers: readonly string[];
  /** The name of this process, unique among nodes. */
  node: string;
  /** Concurrent steps for each provider, so that a slow provider does not block the others. */
  concurrency: number;
  log: Log;
  leaseMs?: number;
  /** The longest sleep where nothing is due, as other nodes accept tasks too. */
  idleMs?: number;
}

/** How long a lease lasts after its last renewal: how late other nodes take over the tasks of one that stopped. */
const defaultLeaseMs = 15_000;

export function createWorker(dependencies: Dependencies) {
  const { canceler, log, leaseMs = defaultLeaseMs, idleMs = 1_000 } = dependencies;
  const stopper = new AbortController();
  const stopping = stopper.signal;
  const shared = { ...dependencies, leaseMs, idleMs, stopping };
  const running = createRunningSteps({ ...shared, onEnd: () => claiming.wake() });
  const claims = createClaims({ ...shared, running });
  const overduePass = createOverduePass({ ...shared, onSettle: (taskId) => running.abort(taskId) });

  // Separate loops, so that a slow settle delays no step.
  const claiming = createLoop({
    pass: claims.claimDue,
    onError(error) {
      log.error({ error }, 'worker pass failed');
      claims.reportOutage();
    },
    idleMs,
    stopping,
  });
  const repeat = (pass: () => Promise<boolean>, failed: string) =>
    createLoop({
      pass: async () => ((await pass()) ? 0 : idleMs),
      onError: (error) => log.error({ error }, failed),
      idleMs,
      stopping,
    });
  const canceling = repeat(() => canceler.cancelDue(stopping), 'look for work to cancel failed');
  const ending = repeat(overduePass, 'look for overdue tasks failed');
  let loops: Promise<unknown> | undefined;

  return {
    /** Steps that are running. */
    get activeSteps() {
      return running.size;
    },
    start(): void {
      loops ??= Promise.all([claiming.run(), ending.run(), canceling.run()]);
    },
    /** Acts immediately on a task that was accepted, or that was settled while a step of this node may be running. */
    wake(task: Task): void {
      if (isFinal(task)) running.abort(task.id);
      claiming.wake();
      canceling.wake();
    },
    /**
     * Acts immediately on a webhook, which saves a poll. Work that no task waits for is canceled at the provider. Resolves
     * when the report is handled; where that fails, polling finds the same state.
     */
    handleReport: createReportHandler({ ...shared, running }),
    /**
     * Claims nothing new, aborts read-only calls to providers, and waits up to `graceMs` for the other running steps;
     * then abandons them.
     */
    async stop({ graceMs }: { graceMs: number }): Promise<void> {
      stopper.abort();
      await loops;
      await running.drain({ graceMs });
    },
  };
}

/** The shortest pause between two passes: a due task that was not claimed may be leased to another node for a while. */
const minPauseMs = 50;

type ClaimDependencies = Required<Dependencies> & { running: RunningSteps; stopping: AbortSignal };

function createClaims(dependencies: ClaimDependencies) {
  const { store, steps, providers, node, concurrency, leaseMs, idleMs, running, stopping } = dependencies;
  // When the database began to respond, by the monotonic clock; undefined while it does not.
  let respondingSinceMs: number | undefined = -Infinity;

  /** Providers below their concurrency, and how many tasks may be claimed together without exceeding it for any. */
  function capacity(): { free: string[]; limit: number } {
    const counts = running.countByProvider();
    const free = providers.filter((provider) => (counts.get(provider) ?? 0) < concurrency);
    const most = Math.max(0, ...free.map((provider) => counts.get(provider) ?? 0));
    return { free, limit: concurrency - most };
  }

  return {
    /** Claims due tasks and starts their steps. @returns how long to sleep afterwards, in milliseconds */
    async claimDue(): Promise<number> {
      for (;;) {
        const { free, limit } = capacity();
        // After an outage of the database, owners get time to renew leases that expired meanwhile.
        const mayTakeExpired =
          respondingSinceMs !== undefined && performance.now() - respondingSinceMs > leaseMs / 2;
        const options = { limit, leaseMs, providers: free, running: running.taskIds(), mayTakeExpired };
        const claimed = await store.claim(node, options);
        respondingSinceMs ??= performance.now();
        for (const task of claimed) void running.begin(task, (lease) => steps.runStep(lease));
        if (claimed.length < limit || stopping.aborted) break;
      }
      // A due task of a busy provider starts when a step ends, which wakes the worker.
      if (capacity().free.length < providers.length) return idleMs;
      const dueInMs = await store.nextDueInMs(providers, running.taskIds());
      return Math.min(idleMs, Math.max(minPauseMs, dueInMs ?? idleMs));
    },

    /** The database did not respond: expired leases are left to their owners for a while after it is back. */
    reportOutage(): void {
      respondingSinceMs = undefined;
    },
  };
}
