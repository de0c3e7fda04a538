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
 * | running    | `operation`                          | `follow`: polls                                          |
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
 * | `claimOne`: of a webhook, or just accepted       | same submission; as `claim`, due or not        | yes         |
 * | `renewLeases`: of all running steps of a node   | lease owner                                    | no          |
 * | `releaseLease`: ends leases, sets `dueAt`        | version and lease owner                        | no          |
 * | `spreadPolls`: moves `dueAt` of due polls        | due; no lease, or an expired one; row locked   | no          |
 * | `change` 1: before `provider.start` is called    | version; extends the lease                     | yes         |
 * | `change` 2: the provider took it, or it is found | version; releases the lease                    | yes         |
 * | `change` 3: a fact, or an inconclusive answer    | version; releases the lease                    | yes         |
 * | `change` 4: a failure that may be retried        | version; releases the lease                    | yes         |
 * | `settle` 5: result, failure, cancel, deadline    | version; not final; clears the lease           | yes         |
 *
 * `claimOne`, `change` and `releaseLease` of several tasks share statements, in which each has its own condition
 * (`store/batched-writes.ts`).
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
import { createClaims } from './claims.ts';
import { createOverduePass } from './overdue.ts';
import { createProgressReports } from './progress-reports.ts';
import { createReportHandler } from './reports.ts';
import { createRunningSteps } from './running.ts';
import type { Steps } from './steps.ts';

export type Worker = ReturnType<typeof createWorker>;

interface Dependencies {
  store: TaskStore;
  events: Pick<TaskEvents, 'publish'>;
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

/** How often overdue tasks and cancels are looked for where nothing announces them. */
const longestSleepMs = 30_000;

export function createWorker(dependencies: Dependencies) {
  const { canceler, log, leaseMs = defaultLeaseMs, idleMs = 1_000 } = dependencies;
  const stopper = new AbortController();
  const stopping = stopper.signal;
  const progress = createProgressReports(dependencies);
  const shared = { ...dependencies, events: progress.events, leaseMs, idleMs, stopping };
  const running = createRunningSteps({ ...shared, onEnd: (dueInMs) => claims.onStepEnd(dueInMs) });
  const claims = createClaims({
    ...shared,
    running,
    onOverdue: () => ending.wake(),
    onCancelDue: () => canceling.wake(),
  });
  const overduePass = createOverduePass({ ...shared, onSettle: (taskId) => running.abort(taskId) });

  // Separate loops, so that a slow settle delays no step. The look of the claims wakes the other two.
  const repeat = (pass: () => Promise<boolean>, failed: string) =>
    createLoop({
      pass: async () => ((await pass()) ? 0 : longestSleepMs),
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
      loops ??= Promise.all([claims.run(), ending.run(), canceling.run()]);
    },
    /** Acts immediately on a task that was accepted, or that was settled while a step of this node may be running. */
    wake(task: Task): void {
      if (!isFinal(task)) return claims.accept(task);
      running.abort(task.id);
      canceling.wake();
    },
    /**
     * Acts immediately on a webhook, which saves a poll. Work that no task waits for is canceled at the provider. Resolves
     * when the report is handled; where that fails, polling finds the same state.
     */
    handleReport: createReportHandler({ ...shared, running, isKnown: progress.isKnown }),
    /**
     * Claims nothing new, aborts read-only calls to providers, and waits up to `graceMs` for the other running steps;
     * then abandons them.
     */
    async stop({ graceMs }: { graceMs: number }): Promise<void> {
      stopper.abort();
      await loops;
      await claims.settled();
      await running.drain({ graceMs });
    },
  };
}
