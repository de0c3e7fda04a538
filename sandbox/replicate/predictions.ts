import { randomBytes } from 'node:crypto';
import type { Pace } from '../lib/pace.ts';
import type { Records } from '../lib/records.ts';
import type { SandboxLog } from '../lib/log.ts';
import { readScript } from '../lib/script.ts';
import { openStore } from '../lib/store.ts';
import type { Tally } from '../lib/tally.ts';
import type { ReplicateModel } from './models.ts';
import { isFinal, promptOf, type Prediction } from './prediction.ts';
import { createPredictionLifecycle } from './prediction-lifecycle.ts';
import { decodePrediction, encodePrediction } from './prediction-record.ts';
import type { Runner } from './runner.ts';
import type { CreationBody } from './validation.ts';
import type { Webhooks } from './webhooks.ts';

export interface Predictions {
  /** `cancelAfterMs` is counted from now. */
  create(model: ReplicateModel, body: CreationBody, cancelAfterMs: number | undefined): Prediction;
  find(id: string): Prediction | undefined;
  /** Newest first. */
  list(): Prediction[];
  /** Ends a prediction; does nothing where it has ended. */
  cancel(prediction: Prediction): void;
  /** Deletes expired data and expired predictions. */
  sweep(): void;
  /** Resolves when no prediction is running. */
  idle(): Promise<void>;
}

const dataLifetimeMs = 60 * 60 * 1000;
const recordLifetimeMs = 2 * dataLifetimeMs;
const maxStoredBytes = 128 * 1024 * 1024;
const recordBytes = 4096;

/** The predictions of this emulator. Those that an earlier process left unfinished continue. */
export function openPredictions(options: {
  origin: string;
  records: Records;
  pace: Pace;
  runner: Runner;
  webhooks: Webhooks;
  tally: Tally;
  signal: AbortSignal;
  log: SandboxLog;
}): Predictions {
  const { records, pace, tally } = options;
  const store = openPredictionStore(records, pace.now);
  const lifecycle = createPredictionLifecycle({ ...options, save: ({ id }) => store.save(id) });
  let created = 0;

  function removeOldData(prediction: Prediction) {
    const { completedAt } = prediction;
    if (prediction.dataRemoved) return;
    if (completedAt === undefined || pace.now() < completedAt + dataLifetimeMs) return;
    Object.assign(prediction, { input: {}, output: null, logs: '', dataRemoved: true });
    store.save(prediction.id);
  }

  for (const prediction of store.values()) {
    created = Math.max(created, prediction.sequence);
    if (!isFinal(prediction)) lifecycle.start(prediction);
  }

  return {
    create(model, body, cancelAfterMs) {
      const at = { sequence: ++created, createdAt: pace.now() };
      const prediction = newPrediction(model, body, { ...at, cancelAfterMs });
      tally.countCreation(prediction.prompt);
      if (prediction.script.has('lost')) return prediction;
      store.add(prediction.id, prediction);
      lifecycle.start(prediction);
      return prediction;
    },
    find(id) {
      const prediction = store.get(id);
      if (prediction) removeOldData(prediction);
      return prediction;
    },
    sweep() {
      store.sweep();
      store.values().forEach(removeOldData);
    },
    list() {
      const predictions = store.values().toSorted((one, other) => other.sequence - one.sequence);
      predictions.forEach(removeOldData);
      return predictions;
    },
    cancel: (prediction) => lifecycle.end(prediction, { status: 'canceled' }),
    idle: lifecycle.idle,
  };
}

function openPredictionStore(records: Records, now: () => number) {
  return openStore<Prediction>({
    name: 'predictions',
    records,
    lifetimeMs: recordLifetimeMs,
    maxBytes: maxStoredBytes,
    sizeOf: ({ input }) => recordBytes + JSON.stringify(input).length,
    now,
    encode: (prediction) => ({ content: encodePrediction(prediction) }),
    decode: decodePrediction,
  });
}

function newPrediction(
  model: ReplicateModel,
  { input, webhook, webhook_events_filter: webhookEventsFilter }: CreationBody,
  at: { sequence: number; createdAt: number; cancelAfterMs: number | undefined },
): Prediction {
  const { sequence, createdAt, cancelAfterMs } = at;
  const prompt = promptOf(input);
  return {
    id: randomId(),
    sequence,
    model,
    input,
    prompt,
    script: readScript(prompt),
    status: 'starting',
    logs: '',
    output: null,
    error: null,
    dataRemoved: false,
    createdAt,
    settlement: Promise.withResolvers<void>(),
    ...(cancelAfterMs !== undefined && { deadlineAt: createdAt + cancelAfterMs }),
    ...(webhook !== undefined && { webhook }),
    ...(webhookEventsFilter && { webhookEventsFilter }),
  };
}

/** 26 characters, as the provider's ids. */
function randomId(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return Array.from(randomBytes(26), (byte) => alphabet.charAt(byte % 32)).join('');
}
