/**
 * Traces of requests and tasks: off without the `OTEL_*` variables, and then nothing is loaded and nothing wrapped. The wrappers
 * of what the product calls are in `requests.ts` and `tasks.ts`, the spans in `tracer.ts`.
 */
import { v7 as uuid } from 'uuid';
import type { Log } from '../lib/log.ts';
import type { RequestTraces } from './requests.ts';
import type { TraceSettings } from './settings.ts';
import type { TaskTraces } from './tasks.ts';

export interface Traces {
  /** Absent: requests and operations have no spans. */
  requests?: RequestTraces;
  tasks: TaskTraces;
  /** Sends what is waiting, for a second at most. */
  close(): Promise<void>;
}

const unchanged = <Part>(part: Part): Part => part;

const noTraces: Traces = {
  tasks: {
    newTaskId: () => uuid(),
    traceStore: unchanged,
    traceSteps: unchanged,
    traceImages: unchanged,
    traceCalls: (_, provider) => provider,
    recordChange: () => {},
  },
  close: async () => {},
};

/** @param settings Absent: no traces. @param build Of the resource. */
export async function openTraces(
  settings: TraceSettings | undefined,
  { build, log }: { build: { version: string }; log: Log },
): Promise<Traces> {
  if (!settings) return noTraces;
  const [{ createTracer }, { createRequestTraces }, { createTaskTraces }] = await Promise.all([
    import('./tracer.ts'),
    import('./requests.ts'),
    import('./tasks.ts'),
  ]);
  const tracer = createTracer(settings, { build, log });
  return {
    requests: createRequestTraces(tracer),
    tasks: createTaskTraces(tracer),
    close: () => tracer.close(),
  };
}
