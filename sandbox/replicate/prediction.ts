import { z } from 'zod';
import { isObject, type JsonObject } from '../lib/json.ts';
import { readScript, type Script } from '../lib/script.ts';
import type { FoundRecord } from '../lib/store.ts';
import { replicateModels, type ReplicateModel } from './models.ts';
import { webhookEvents } from './validation.ts';

const json = z.record(z.string(), z.json());

/** What is written of a prediction. Instants are milliseconds since 1970. */
const stateSchema = z.object({
  id: z.string(),
  /** Rises with every prediction; orders the list. */
  sequence: z.number(),
  input: json,
  status: z.enum(['starting', 'processing', 'succeeded', 'failed', 'canceled', 'aborted']),
  logs: z.string().nullable(),
  /** Paths at this server, whose port changes with every start. */
  output: z.union([z.string(), z.array(z.string())]).nullable(),
  error: z.string().nullable(),
  dataRemoved: z.boolean(),
  createdAt: z.number(),
  startedAt: z.number().exactOptional(),
  completedAt: z.number().exactOptional(),
  deadlineAt: z.number().exactOptional(),
  metrics: json.exactOptional(),
  webhook: z.string().exactOptional(),
  webhookEventsFilter: z.array(z.enum(webhookEvents)).exactOptional(),
});
const recordSchema = stateSchema.extend({ model: z.string() });

/** A prediction of the emulator. */
export interface Prediction extends z.infer<typeof stateSchema> {
  model: ReplicateModel;
  prompt: string;
  script: Script;
  /** Its promise resolves when the status is final. */
  settlement: PromiseWithResolvers<void>;
}

export function isFinal({ status }: Prediction): boolean {
  return status !== 'starting' && status !== 'processing';
}

/** A prediction with what follows from its state. */
export function createPrediction(
  model: ReplicateModel,
  state: Omit<Prediction, 'model' | 'prompt' | 'script' | 'settlement'>,
): Prediction {
  const prompt = typeof state.input.prompt === 'string' ? state.input.prompt : '';
  const settlement = Promise.withResolvers<void>();
  const prediction = { ...state, model, prompt, script: readScript(prompt), settlement };
  if (isFinal(prediction)) settlement.resolve();
  return prediction;
}

/** A prediction as it is written to disk. */
export function encodePrediction(prediction: Prediction): { content: JsonObject } {
  const { model, prompt: _prompt, script: _script, settlement: _settlement, ...state } = prediction;
  return { content: { ...state, model: model.name } };
}

/** Undefined where the record cannot be understood. */
export function decodePrediction({ key, content }: FoundRecord): Prediction | undefined {
  // Earlier versions wrote the id as the key alone.
  const { data } = recordSchema.safeParse(isObject(content) ? { id: key, ...content } : content);
  const model = replicateModels.find(({ name }) => name === data?.model);
  return data && model && createPrediction(model, data);
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
