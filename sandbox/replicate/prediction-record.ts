import { z } from 'zod';
import type { JsonObject } from '../lib/json.ts';
import type { FoundRecord } from '../lib/records.ts';
import { readScript } from '../lib/script.ts';
import { replicateModels } from './models.ts';
import { isFinal, promptOf, type Prediction } from './prediction.ts';
import { webhookEvents } from './validation.ts';

const json = z.record(z.string(), z.json());
const paths = z.union([z.string(), z.array(z.string())]);

const recordSchema = z.object({
  sequence: z.number(),
  model: z.string(),
  input: json,
  status: z.enum(['starting', 'processing', 'succeeded', 'failed', 'canceled', 'aborted']),
  logs: z.string().nullable(),
  output: paths.nullable(),
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

/** A prediction as it is written to disk, under its id. */
export function encodePrediction(prediction: Prediction): JsonObject {
  const { id: _id, model, prompt: _prompt, script: _script, settlement: _settlement, ...rest } = prediction;
  return { ...rest, model: model.name };
}

/** Undefined where the record cannot be understood. */
export function decodePrediction({ key: id, content }: FoundRecord): Prediction | undefined {
  const { data } = recordSchema.safeParse(content);
  const model = replicateModels.find((candidate) => candidate.name === data?.model);
  if (!data || !model) return undefined;
  const prompt = promptOf(data.input);
  const settlement = Promise.withResolvers<void>();
  const prediction: Prediction = { ...data, id, model, prompt, script: readScript(prompt), settlement };
  if (isFinal(prediction)) settlement.resolve();
  return prediction;
}
