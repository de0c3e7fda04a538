/** What the client throws, beside the reason of an aborted signal. */
import type { ErrorCode } from './generated/enums.ts';
import type { FailureCode, TaskFieldsFragment } from './generated/operations.ts';

export interface Refusal {
  /** An error code of the API; `NETWORK` where no readable answer came. */
  code: ErrorCode | 'NETWORK';
  /** The input at fault, as its path: `options.count`. */
  field?: string | undefined;
  /** Seconds after which the same request may be sent again. */
  retryAfter?: number | undefined;
  /** To quote in a report. */
  requestId?: string | undefined;
}

/** A refused request: nothing was charged, except that `INTERNAL` and `NETWORK` leave the outcome open. */
export class ProofsheetError extends Error implements Refusal {
  override readonly name = 'ProofsheetError';
  declare readonly code: Refusal['code'];
  declare readonly field: Refusal['field'];
  declare readonly retryAfter: Refusal['retryAfter'];
  declare readonly requestId: Refusal['requestId'];

  constructor(message: string, refusal: Refusal, options?: ErrorOptions) {
    super(message, options);
    Object.assign(this, refusal);
  }
}

/** An accepted task that failed; its charge is refunded. */
export class TaskFailedError extends Error {
  override readonly name = 'TaskFailedError';
  readonly task: TaskFieldsFragment;
  readonly code: FailureCode;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;

  constructor(task: TaskFieldsFragment) {
    super(task.failure?.message ?? `The task ended as ${task.status}.`);
    this.task = task;
    this.code = task.failure?.code ?? 'INTERNAL';
    this.retryable = task.failure?.retryable ?? false;
  }
}

/** A task that was canceled; its charge is refunded. */
export class TaskCanceledError extends Error {
  override readonly name = 'TaskCanceledError';
  readonly task: TaskFieldsFragment;

  constructor(task: TaskFieldsFragment) {
    super('The task was canceled.');
    this.task = task;
  }
}
