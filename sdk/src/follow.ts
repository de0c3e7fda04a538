/** The states of a task, over lost connections and restarts of the server. */
import type { TaskFieldsFragment as Task } from './generated/operations.ts';
import type { LiveUpdates } from './live-updates.ts';
import { backoffMs, wait } from './retry.ts';

/** A connection that lasted this long is reopened soon. */
const stableMs = 10_000;

export interface TaskSource {
  liveUpdates: LiveUpdates;
  /** Reads the task over HTTP. @throws {ProofsheetError} NOT_FOUND where it was deleted */
  read(id: string, signal: AbortSignal | undefined): Promise<Task>;
}

/** Whether the task will not change any more, also in a status that this client does not know. */
const isFinal = ({ completedAt }: Task) => completedAt !== null;

/**
 * The known state, then each newer one until the final one. Reads the task after each end of its live updates, which is
 * polling where there are none.
 * @throws {ProofsheetError} where the task cannot be read
 * @throws the reason of the signal
 */
export async function* followTask(
  known: Task,
  source: TaskSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<Task, void> {
  yield known;
  let newest = known;
  for (let failures = 0; !isFinal(newest); failures += 1) {
    const startedAtMs = performance.now();
    for await (const state of statesOf(known.id, source, signal)) {
      if (state.version <= newest.version) continue;
      newest = state;
      yield newest;
      if (isFinal(newest)) return;
    }
    if (performance.now() - startedAtMs > stableMs) failures = 0;
    await wait(backoffMs(failures), signal);
  }
}

async function* statesOf(id: string, { liveUpdates, read }: TaskSource, signal: AbortSignal | undefined) {
  yield* liveUpdates(id, signal);
  yield await read(id, signal);
}
