import type { JsonObject } from '../lib/json.ts';
import type { Script } from '../lib/script.ts';
import type { ReplicateModel } from './models.ts';
import type { WebhookEvent } from './validation.ts';

export type PredictionStatus = 'starting' | 'processing' | 'succeeded' | 'failed' | 'canceled' | 'aborted';

/** A prediction of the emulator. Instants are milliseconds since 1970. */
export interface Prediction {
  id: string;
  /** Rises with every prediction; orders the list. */
  sequence: number;
  model: ReplicateModel;
  input: JsonObject;
  prompt: string;
  script: Script;
  status: PredictionStatus;
  logs: string | null;
  /** Paths at this server, whose port changes with every start. */
  output: string | string[] | null;
  error: string | null;
  dataRemoved: boolean;
  createdAt: number;
  startedAt?: number;
  completedAt?: number;
  deadlineAt?: number;
  metrics?: JsonObject;
  webhook?: string;
  webhookEventsFilter?: WebhookEvent[];
  /** Its promise resolves when the status is final. */
  settlement: PromiseWithResolvers<void>;
}

export function isFinal({ status }: Prediction): boolean {
  return status !== 'starting' && status !== 'processing';
}

/** The prediction in the API's format. Official models hide their version. */
export function predictionBody(prediction: Prediction, origin: string): JsonObject {
  const { id, model, startedAt, completedAt, deadlineAt, metrics, webhook, webhookEventsFilter } = prediction;
  const instant = (at: number) => formatInstant(at, prediction.sequence);
  const address = `${origin}/v1/predictions/${id}`;
  const { output } = prediction;
  return {
    id,
    model: model.name,
    version: 'hidden',
    input: prediction.input,
    logs: prediction.logs,
    output: Array.isArray(output) ? output.map((path) => origin + path) : output && origin + output,
    data_removed: prediction.dataRemoved,
    error: prediction.error,
    source: 'api',
    status: prediction.status,
    created_at: instant(prediction.createdAt),
    ...(startedAt !== undefined && { started_at: instant(startedAt) }),
    ...(completedAt !== undefined && { completed_at: instant(completedAt) }),
    ...(deadlineAt !== undefined && { deadline: instant(deadlineAt) }),
    ...(metrics && { metrics }),
    ...(webhook !== undefined && { webhook }),
    ...(webhookEventsFilter && { webhook_events_filter: webhookEventsFilter }),
    urls: { cancel: `${address}/cancel`, get: address },
  };
}

/**
 * The response to a creation that waited for the pictures: they are inlined, while the status is still `processing` and
 * the fields of the end are missing.
 */
export function synchronousBody(body: JsonObject, inlined: JsonObject['output']): JsonObject {
  const { completed_at: _completedAt, metrics: _metrics, ...rest } = body;
  return { ...rest, status: 'processing', logs: '', output: inlined ?? null };
}

/** The prompt of an input that has been checked. */
export function promptOf(input: JsonObject): string {
  return typeof input.prompt === 'string' ? input.prompt : '';
}

/** The metrics of a prediction that has ended. */
export function metricsOf({ createdAt, startedAt, completedAt = createdAt, output }: Prediction): JsonObject {
  return {
    ...(Array.isArray(output) && { image_count: output.length }),
    ...(startedAt !== undefined && { predict_time: (completedAt - startedAt) / 1000 }),
    total_time: (completedAt - createdAt) / 1000,
  };
}

/** RFC 3339 with nanoseconds, as the provider writes them. */
function formatInstant(at: number, sequence: number): string {
  const digits = String((sequence * 7919) % 1_000_000).padStart(6, '0');
  return new Date(at).toISOString().replace('Z', `${digits}Z`);
}
