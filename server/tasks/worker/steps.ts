/** The steps of the work on a task, each under one lease: submit, recover, follow, or cancel at the provider. */
import type { JsonValue } from '../../lib/json.ts';
import type { ImageProvider, ProviderReport } from '../../providers/provider.ts';
import type { TaskQueue } from '../store/queue.ts';
import { isFinal, recheckMs } from '../task.ts';
import { createStateTransitions, type StateTransitions, type StepDependencies } from './apply-state.ts';
import type { Canceler } from './cancel.ts';
import { type Lease, readSignal } from './lease.ts';
import { createHeldPolls } from './held-polls.ts';
import { createPace } from './pace.ts';
import { createSubmission } from './submit.ts';

interface Dependencies extends Omit<StepDependencies, 'pace' | 'holdPolls'> {
  store: Pick<TaskQueue, 'countRunning' | 'spreadPolls'>;
  canceler: Canceler;
}

export type Steps = ReturnType<typeof createSteps>;

/** Each step ends by releasing the lease or settling the task. */
export function createSteps(dependencies: Dependencies) {
  const { providers, store, canceler, log } = dependencies;
  const pace = createPace({ ...dependencies, ...store });
  const heldPolls = createHeldPolls({ ...dependencies, ...store, pace });
  const shared = { ...dependencies, pace: pace.nextPollMs, holdPolls: heldPolls.hold };
  const transitions = createStateTransitions(shared);
  const { applyState, fail } = transitions;

  /** Cancels work at the provider that no task waits for. */
  async function cancelUnwanted(providerName: string, operation: JsonValue): Promise<void> {
    await canceler
      .cancel(providerName, operation)
      .catch((error: unknown) =>
        log.warn({ error }, 'unwanted work is left to the time limit of its provider'),
      );
  }

  const { submit, recover } = createSubmission({ ...shared, transitions, cancelUnwanted });

  async function follow(lease: Lease, provider: ImageProvider): Promise<void> {
    if (!provider.poll) return fail(lease, { code: 'PROVIDER_LOST' });
    const state = await provider.poll(lease.task.operation as JsonValue, { signal: readSignal(lease) });
    if (lease.stopping.aborted && state.status === 'unknown') return lease.release(0);
    return applyState(lease, state);
  }

  /** Runs the step that the task's state calls for. Resolves when the lease is released or the task settled. @throws {LeaseLost} */
  async function runStep(lease: Lease): Promise<void> {
    const { task } = lease;
    const provider = providers[task.provider];
    if (isFinal(task)) return cancelUpstream(lease, canceler);
    if (lease.leftMs() <= 0) return fail(lease, { code: 'TIMEOUT' });
    if (!provider) return lease.release(recheckMs); // Left to a node that has the provider.
    if (task.operation !== null) return follow(lease, provider);
    if (task.submittingAt) return recover(lease, provider, task.submittingAt);
    return submit(lease, provider);
  }

  const handleReport = (lease: Lease, report: ProviderReport) => applyReport(lease, report, applyState);

  return { runStep, handleReport, cancelUnwanted, spreadDuePolls: heldPolls.spreadDue };
}

/** A node of an earlier version settled the task and left the cancel at the provider to the next step. */
async function cancelUpstream(lease: Lease, canceler: Canceler): Promise<void> {
  const { provider, operation } = lease.task;
  if (operation !== null) await canceler.cancel(provider, operation as JsonValue);
  return lease.release(null);
}

/** Applies a state that the provider reported by webhook. @throws {LeaseLost} */
async function applyReport(
  lease: Lease,
  { attempt, state }: ProviderReport,
  applyState: StateTransitions['applyState'],
): Promise<void> {
  const { task } = lease;
  // It is about an earlier or an unknown submission, not this one.
  const isOther =
    attempt !== task.attempt || (task.externalId !== null && task.externalId !== state.externalId);
  if (isOther || state.status === 'unknown') return lease.release(0);
  return applyState(lease, state);
}
