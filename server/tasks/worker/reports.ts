/** Handles webhooks of providers, under the lease of their task. */
import type { JsonValue } from '../../lib/json.ts';
import { createSemaphore } from '../../lib/semaphore.ts';
import { sleep } from '../../lib/sleep.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { TaskLoader } from '../store/loader.ts';
import type { TaskQueue } from '../store/queue.ts';
import { isFinal } from '../task.ts';
import type { Lease } from './lease.ts';
import type { RunningAttempts } from './running.ts';

interface Dependencies {
  store: Pick<TaskLoader & TaskQueue, 'find' | 'claimOne'>;
  running: Pick<RunningAttempts, 'begin' | 'ended'>;
  attempts: {
    handleReport(lease: Lease, report: ProviderReport): Promise<void>;
    cancelUnwanted(providerName: string, operation: JsonValue): Promise<void>;
  };
  node: string;
  leaseMs: number;
  stopping: AbortSignal;
}

/**
 * How often, and how long apart, a report tries to claim its task while another node holds the lease. After the last try it
 * is dropped, and polling finds the state.
 */
const maxTries = 20;
const pauseMs = 100;
/**
 * Reports of progress that are handled at once, over all tasks. A provider may send several a second for each task; most
 * connections of the database stay free for what cannot be skipped.
 */
const maxProgressReports = 3;

/** A report of progress that waits; `report` is absent once a later report made it superfluous. */
interface Waiting {
  report: ProviderReport | undefined;
  done: Promise<void>;
}

/**
 * Returns a function that handles a report; it resolves when the report, or a later one of progress in its place, is
 * handled, or when a result made it superfluous. Of one task's waiting reports of progress only the latest is kept; results
 * never wait for reports of other tasks.
 */
export function createReportHandler(dependencies: Dependencies) {
  const handleInOrder = serializeByTask((report) => handle(report, dependencies));
  const progress = createSemaphore(maxProgressReports);
  const waiting = new Map<string, Waiting>();

  return (report: ProviderReport): Promise<void> => {
    const { taskId } = report;
    const before = waiting.get(taskId);
    const isNewer = before?.report !== undefined && isSameWork(before.report, report);
    if (report.state.status !== 'running') {
      if (isNewer) before.report = undefined;
      return handleInOrder(report);
    }
    if (isNewer) {
      before.report = report;
      return before.done;
    }
    const entry: Waiting = { report, done: Promise.resolve() };
    waiting.set(taskId, entry);
    entry.done = progress.run(async () => {
      if (waiting.get(taskId) === entry) waiting.delete(taskId);
      if (entry.report) await handleInOrder(entry.report);
    });
    return entry.done;
  };
}

function isSameWork(a: ProviderReport, b: ProviderReport): boolean {
  return a.attempt === b.attempt && a.state.externalId === b.state.externalId;
}

/** Handles the reports of one task one after the other; otherwise each would wait for the lease of the one before. */
function serializeByTask(handleOne: (report: ProviderReport) => Promise<void>) {
  const latest = new Map<string, Promise<void>>();
  return (report: ProviderReport): Promise<void> => {
    const { taskId } = report;
    const done = Promise.resolve(latest.get(taskId))
      .catch(() => {}) // Its own caller gets the error.
      .then(() => handleOne(report))
      .finally(() => {
        if (latest.get(taskId) === done) latest.delete(taskId);
      });
    latest.set(taskId, done);
    return done;
  };
}

async function handle(report: ProviderReport, dependencies: Dependencies): Promise<void> {
  const { store, running, attempts, node, leaseMs, stopping } = dependencies;
  const { taskId, attempt, state } = report;
  for (let tries = 0; tries < maxTries && !stopping.aborted; tries += 1) {
    // A running attempt may be about to write the answer that names this work.
    await running.ended(taskId);
    const claimed = await store.claimOne({ id: taskId, attempt }, node, leaseMs);
    if (claimed) return running.begin(claimed, (lease) => attempts.handleReport(lease, report));
    const task = await store.find(taskId);
    const isWanted = task !== null && !isFinal(task) && task.attempt === attempt;
    if (!isWanted) {
      if (task && state.status === 'running') await attempts.cancelUnwanted(task.provider, state.operation);
      return;
    }
    await sleep(pauseMs, stopping);
  }
}
