/** Handles webhooks of providers, under the lease of their task. */
import { createPerKeySemaphore } from '../../lib/per-key-limits.ts';
import { sleep } from '../../lib/sleep.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { TaskStore } from '../store/store.ts';
import { isFinal } from '../task.ts';
import { createRounds } from './rounds.ts';
import type { RunningSteps } from './running.ts';
import type { Steps } from './steps.ts';

interface Dependencies {
  store: Pick<TaskStore, 'find' | 'claimOne'>;
  running: Pick<RunningSteps, 'begin' | 'ended'>;
  steps: Pick<Steps, 'handleReport' | 'cancelUnwanted'>;
  /** Whether a report of progress has no news. */
  isKnown: (report: ProviderReport) => boolean;
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
 * The pause between two rounds of reports of progress. A provider may send several a second for each task; those of one
 * round share their statements, so a node makes a few statements a second for all of them.
 */
const progressPauseMs = 200;

/** Records the delivery of a report; resolves with whether it is new. */
export type RecordDelivery = () => Promise<boolean>;

/** A report of progress that waits for its round. */
interface Waiting {
  report: ProviderReport;
  recordDelivery: RecordDelivery;
  /** Aborted by a result, which makes the report superfluous. */
  superseded: AbortController;
  done: Promise<void>;
}

/**
 * Returns a function that handles a report; it resolves when the report, or a further one of progress in its place, is
 * handled, or when a result made it superfluous. Of one task's waiting reports of progress only the furthest is kept, and
 * handled if it has news and its delivery is new. Results never wait for reports of other tasks.
 */
export function createReportHandler(dependencies: Dependencies) {
  // One after the other: otherwise each would wait for the lease of the one before.
  const perTask = createPerKeySemaphore(1);
  const nextRound = createRounds(progressPauseMs);
  const waiting = new Map<string, Waiting>();

  function handleProgress(report: ProviderReport, recordDelivery: RecordDelivery): Promise<void> {
    const { taskId } = report;
    const superseded = new AbortController();
    const entry: Waiting = { report, recordDelivery, superseded, done: Promise.resolve() };
    waiting.set(taskId, entry);
    let isRecorded = false;
    const work = async () => {
      if (waiting.get(taskId) === entry) waiting.delete(taskId);
      if (dependencies.isKnown(entry.report)) return true;
      if (!isRecorded && !(await entry.recordDelivery())) return true;
      isRecorded = true;
      return handleOnce(entry.report, dependencies);
    };
    const joinRound = async () => {
      await nextRound(superseded.signal);
      return superseded.signal.aborted || work();
    };
    entry.done = perTask.run(taskId, () => handle(taskId, joinRound, dependencies));
    return entry.done;
  }

  return (report: ProviderReport, recordDelivery: RecordDelivery = async () => true): Promise<void> => {
    const { taskId, state } = report;
    const before = waiting.get(taskId);
    const isSame = before !== undefined && isSameWork(before.report, report);
    if (state.status !== 'running') {
      if (isSame) before.superseded.abort();
      return perTask.run(taskId, () => handle(taskId, () => handleOnce(report, dependencies), dependencies));
    }
    if (!isSame) return handleProgress(report, recordDelivery);
    if (furtherOf(before.report, report) === report) Object.assign(before, { report, recordDelivery });
    return before.done;
  };
}

function isSameWork(a: ProviderReport, b: ProviderReport): boolean {
  return a.attempt === b.attempt && a.state.externalId === b.state.externalId;
}

/** Reports may arrive in another order than they were sent in. */
function furtherOf(a: ProviderReport, b: ProviderReport): ProviderReport {
  const progressOf = ({ state }: ProviderReport) =>
    state.status === 'running' && state.started ? (state.percent ?? 0) : -1;
  return progressOf(b) > progressOf(a) ? b : a;
}

/** @param tryOnce resolves with whether nothing is left to do */
async function handle(
  taskId: string,
  tryOnce: () => Promise<boolean>,
  { running, stopping }: Dependencies,
): Promise<void> {
  for (let tries = 0; tries < maxTries && !stopping.aborted; tries += 1) {
    // A running step may be about to write the answer that names this work.
    await running.ended(taskId);
    if (await tryOnce()) return;
    await sleep(pauseMs, stopping);
  }
}

/** @returns false where another node holds the lease of the task */
async function handleOnce(report: ProviderReport, dependencies: Dependencies): Promise<boolean> {
  const { store, running, steps, node, leaseMs } = dependencies;
  const { taskId, attempt, state } = report;
  const claimed = await store.claimOne({ id: taskId, attempt }, node, leaseMs);
  if (claimed) {
    await running.begin(claimed, (lease) => steps.handleReport(lease, report));
    return true;
  }
  const task = await store.find(taskId);
  if (task !== null && !isFinal(task) && task.attempt === attempt) return false;
  // The late progress of a task that succeeded is about work that has ended.
  const isRunning = state.status === 'running' && !(task?.status === 'SUCCESS' && task.attempt === attempt);
  if (task && isRunning) await steps.cancelUnwanted(task.provider, state.operation);
  return true;
}
