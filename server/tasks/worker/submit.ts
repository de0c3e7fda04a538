/** Submits a task to its provider, once at most for each `attempt`, and recovers a submission whose answer was lost. */
import type { ImageService } from '../../images/service.ts';
import type { JsonObject, JsonValue } from '../../lib/json.ts';
import type {
  GenerationRequest,
  GenerationState,
  ImageProvider,
  ReferenceImage,
} from '../../providers/provider.ts';
import { optionsOf, recheckMs, searchMs } from '../task.ts';
import type { StateTransitions, StepDependencies } from './apply-state.ts';
import { startedChange } from './changes.ts';
import { LeaseLost } from './fenced-writes.ts';
import { type Lease, readSignal } from './lease.ts';

interface Dependencies extends StepDependencies {
  transitions: StateTransitions;
  /** Cancels work at the provider that no task waits for. */
  cancelUnwanted: (providerName: string, operation: JsonValue) => Promise<void>;
}

export function createSubmission(dependencies: Dependencies) {
  const { images, clock, cancelUnwanted, log } = dependencies;
  const { applyState, unanswered, fail } = dependencies.transitions;

  async function submit(lease: Lease, provider: ImageProvider): Promise<void> {
    const { task } = lease;
    const references = await readReferences(lease, images);
    if (!references) return fail(lease, { code: 'REFERENCE_UNUSABLE' });
    const request = requestOf(lease, references);
    // Without `poll` the call itself is the work, which is under way from now on.
    const started = provider.poll ? {} : startedChange(lease.task, clock.nowMs());
    await lease.change({ attempt: request.attempt, submittingAt: new Date(clock.nowMs()), ...started });
    let state: GenerationState | undefined;
    try {
      state = await provider.start(request, { signal: lease.signal });
      if (state.status !== 'unknown') return await applyState(lease, state);
    } catch (error) {
      // The task ended during the call, so no step will fetch these pictures. Where only the lease was lost, the
      // node that took over adopts the work if the provider can find it.
      const isOver = error instanceof LeaseLost ? !(await lease.isAwaited()) : !provider.find;
      if (isOver && state?.status === 'running') await cancelUnwanted(task.provider, state.operation);
      if (error instanceof LeaseLost || provider.find) throw error;
      // The answer cannot be fetched again, and the provider is not at fault.
      log.error({ taskId: task.id, error }, 'the answer to a submission was lost');
      return fail(lease, { code: 'INTERNAL' });
    }
    // Whether the provider took it is unknown: the next step looks for it, where the provider can find it.
    if (provider.find) return lease.release(recheckMs);
    return fail(lease, { code: 'PROVIDER_UNAVAILABLE', reason: 'UNANSWERED' }, state);
  }

  /**
   * A submission was made and its answer is unknown, because the process or the connection ended. The provider may have
   * taken it, so it is never sent again: it is found at the provider, or the task fails.
   */
  async function recover(lease: Lease, provider: ImageProvider, submittedAt: Date): Promise<void> {
    if (!provider.find) return fail(lease, { code: 'PROVIDER_LOST', reason: 'INTERRUPTED' });
    const { id: taskId, attempt } = lease.task;
    const ageMs = clock.nowMs() - submittedAt.getTime();
    const found = await provider.find({ taskId, attempt, ageMs }, { signal: readSignal(lease) });
    if (lease.stopping.aborted && found?.status === 'unknown') return lease.release(0);
    // Also `postponed`: a rate limit kept the search from being made.
    if (found && found.status !== 'unknown') return applyState(lease, found);
    if (ageMs < searchMs) return lease.release(recheckMs);
    // It was found before and its pictures could not be fetched: an inconclusive search does not end the task.
    if (found && lease.task.unansweredPolls > 0) return unanswered(lease, found.retryAfterMs);
    return fail(lease, { code: 'PROVIDER_UNAVAILABLE', reason: 'NOT_FOUND' });
  }

  return { submit, recover };
}

function requestOf({ task, leftMs }: Lease, references: ReferenceImage[]): GenerationRequest {
  return {
    taskId: task.id,
    attempt: task.attempt + 1,
    model: task.model,
    scene: task.scene,
    prompt: task.prompt,
    references,
    options: optionsOf(task),
    providerOptions: task.providerOptions as JsonObject,
    timeLeftMs: leftMs(),
  };
}

/** All reference images in order; null where one is missing, so that none is silently left out. */
async function readReferences(lease: Lease, images: ImageService): Promise<ReferenceImage[] | null> {
  const references = await lease.references();
  const read = await Promise.all(references.map(({ image }) => (image ? images.read(image) : null)));
  return read.every((reference) => reference !== null) ? read : null;
}
