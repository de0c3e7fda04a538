/** The ids of spans and traces. Those of a task are made of its own. */
import type { SpanContext } from '@opentelemetry/api';
import { type IdGenerator, RandomIdGenerator } from '@opentelemetry/sdk-trace';

export type ChosenId = Partial<Pick<SpanContext, 'traceId' | 'spanId'>>;

/** A UUID has 128 bits, as the id of a trace; its last 64 begin with the bits 10, and are random. */
export function idsOf(taskId: string): { traceId: string; acceptance: string; task: string } {
  const traceId = taskId.replaceAll('-', '');
  const acceptance = traceId.slice(16);
  const first = Number.parseInt(acceptance.slice(0, 1), 16) ^ 0b1100;
  return { traceId, acceptance, task: `${first.toString(16)}${acceptance.slice(1)}` };
}

/** Random ids, unless the span that begins has chosen ones. */
export class ChosenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #chosen: ChosenId = {};

  use<Result>(chosen: ChosenId, begin: () => Result): Result {
    this.#chosen = chosen;
    try {
      return begin();
    } finally {
      this.#chosen = {};
    }
  }

  generateTraceId = () => this.#chosen.traceId ?? this.#random.generateTraceId();
  generateSpanId = () => this.#chosen.spanId ?? this.#random.generateSpanId();
}
