/** The steps that this node runs, each under the lease of its task. */
import type { Task } from '../../generated/prisma/client.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Log, withLogFields } from '../../lib/log.ts';
import { withTimeout } from '../../lib/timeout.ts';
import type { TaskEvents } from '../events.ts';
import { isFinal } from '../task.ts';
import { LeaseLost } from './fenced-writes.ts';
import type { TaskStore } from '../store/store.ts';
import { holdLease, type Lease, type LeaseStore } from './lease.ts';
import { createRenewal } from './renewal.ts';

export type Step = (lease: Lease) => Promise<void>;

interface Dependencies {
  store: LeaseStore & Pick<TaskStore, 'renewLeases'>;
  /** The name of this process, which owns the leases. */
  node: string;
  events: Pick<TaskEvents, 'publish'>;
  clock: Clock;
  leaseMs: number;
  log: Log;
  stopping: AbortSignal;
  /** Called after each step, with the time after which its task is due again; null where it is not, or not known. */
  onEnd: (dueInMs: number | null) => void;
}

const retryAfterErrorMs = 2_000;

interface Running {
  taskId: string;
  provider: string;
  abort: AbortController;
  holder: ReturnType<typeof holdLease>;
  done: Promise<void>;
}

export type RunningSteps = ReturnType<typeof createRunningSteps>;

export function createRunningSteps(dependencies: Dependencies) {
  const { stopping, onEnd } = dependencies;
  const running = new Map<string, Running>();
  const held = () =>
    [...running.values()]
      .filter(({ holder }) => holder.isHeld)
      .map(({ taskId, holder }) => ({ taskId, verify: holder.verify }));
  const renewal = createRenewal({ ...dependencies, held });

  return {
    get size() {
      return running.size;
    },
    taskIds: (): string[] => [...running.keys()],

    /** The number of steps by provider; a provider without any is missing. */
    countByProvider(): Map<string, number> {
      const counts = new Map<string, number>();
      for (const { provider } of running.values()) counts.set(provider, (counts.get(provider) ?? 0) + 1);
      return counts;
    },

    /** Runs the step on a claimed task; resolves when it has ended, and never rejects. */
    begin(task: Task, step: Step): Promise<void> {
      const abort = new AbortController();
      const holder = holdLease(task, abort, dependencies);
      // A task that was claimed while the worker began to stop is handed back.
      const work = () => run(holder.lease, abort, stopping.aborted ? handBack : step, dependencies);
      const done = withLogFields({ taskId: task.id }, work).finally(() => {
        holder.end();
        // A task whose lease expired may have been claimed again by this node meanwhile.
        if (running.get(task.id)?.abort === abort) running.delete(task.id);
        onEnd(holder.dueInMs);
      });
      running.set(task.id, { taskId: task.id, provider: task.provider, abort, holder, done });
      renewal.start();
      return done;
    },

    /** Aborts the step on that task, if there is one. */
    abort(taskId: string): void {
      running.get(taskId)?.abort.abort();
    },

    /** Resolves when no step on that task is running. */
    async ended(taskId: string): Promise<void> {
      for (let step = running.get(taskId); step; step = running.get(taskId)) await step.done;
    },

    /** Waits up to `graceMs` for all steps to end, then abandons the others. */
    async drain({ graceMs }: { graceMs: number }): Promise<void> {
      const allDone = async () => {
        // Reports that arrived earlier may still start a step.
        while (running.size > 0) await Promise.all([...running.values()].map(({ done }) => done));
      };
      await withTimeout(graceMs, 'Steps are still running', allDone()).catch(() => {});
      for (const step of running.values()) {
        step.holder.end();
        step.abort.abort();
      }
    },
  };
}

const handBack: Step = (lease) => lease.release(0);

/** Runs the step until it ends or the deadline aborts it; never rejects. */
async function run(
  lease: Lease,
  abort: AbortController,
  step: Step,
  { clock, log }: Pick<Dependencies, 'clock' | 'log'>,
): Promise<void> {
  const { task } = lease;
  const toDeadlineMs = task.deadlineAt.getTime() - clock.nowMs();
  const deadline = isFinal(task) ? undefined : setTimeout(() => abort.abort(), Math.max(0, toDeadlineMs));
  try {
    await step(lease);
  } catch (error) {
    if (error instanceof LeaseLost) return;
    log.error({ taskId: task.id, error }, 'step failed');
    await lease.release(retryAfterErrorMs).catch(() => {}); // Otherwise the lease expires.
  } finally {
    clearTimeout(deadline);
  }
}
