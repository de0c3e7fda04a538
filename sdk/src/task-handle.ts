/** One task: its states, its result, and what can be done with it. */
import { TaskCanceledError, TaskFailedError } from './errors.ts';
import { followTask, type TaskSource } from './follow.ts';
import type { TaskFieldsFragment as Task } from './generated/operations.ts';
import { cancelTask, retryTask } from './operations.ts';
import { createIdempotencyKey } from './idempotency-key.ts';
import type { RequestOptions } from './retry.ts';
import type { Transport } from './transport.ts';

/** Iterates over `updates()`. Options default to those with which the handle was made. */
export interface TaskHandle extends AsyncIterable<Task> {
  readonly id: string;
  /** The newest state that has arrived. */
  readonly current: Task;
  /**
   * The current state, then each newer version until the final one. Lost connections are repaired, or replaced by polling.
   * The task continues where the iteration stops.
   * @throws {ProofsheetError} where the task cannot be read: NOT_FOUND once it is deleted
   */
  updates(options?: RequestOptions): AsyncGenerator<Task, void>;
  /**
   * The task once it is SUCCESS.
   * @throws {TaskFailedError}
   * @throws {TaskCanceledError}
   * @throws {ProofsheetError} as `updates`
   */
  result(options?: RequestOptions): Promise<Task>;
  /** Ends and refunds the task. A final task remains as it is. @throws {ProofsheetError} */
  cancel(options?: RequestOptions): Promise<Task>;
  /** A new task with the same request, charged again. @throws {ProofsheetError} */
  retry(options?: RequestOptions & { idempotencyKey?: string | undefined }): Promise<TaskHandle>;
}

export function createTaskHandle(
  task: Task,
  source: TaskSource & { transport: Transport },
  defaults: RequestOptions,
): TaskHandle {
  const { transport } = source;
  const { id } = task;
  let current = task;
  const advance = (state: Task) => {
    if (state.version > current.version) current = state;
  };

  async function* updates(options = defaults): AsyncGenerator<Task, void> {
    for await (const state of followTask(current, source, options.signal)) {
      advance(state);
      yield state;
    }
  }

  return {
    id,
    get current() {
      return current;
    },
    updates,
    [Symbol.asyncIterator]: () => updates(),
    async result(options) {
      let last = current;
      for await (const state of updates(options)) last = state;
      if (last.status === 'SUCCESS') return last;
      throw last.status === 'CANCELED' ? new TaskCanceledError(last) : new TaskFailedError(last);
    },
    async cancel(options = defaults) {
      const data = await transport.request(cancelTask, { id }, options);
      advance(data.cancelTask!.task);
      return data.cancelTask!.task;
    },
    async retry({ idempotencyKey = createIdempotencyKey(), signal = defaults.signal } = {}) {
      const data = await transport.request(retryTask, { id, idempotencyKey }, { signal });
      return createTaskHandle(data.retryTask!.task, source, { signal });
    },
  };
}
