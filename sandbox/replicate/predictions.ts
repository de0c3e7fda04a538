import { randomBytes } from 'node:crypto';
import { createBackgroundWork } from '../lib/background-work.ts';
import { openStore } from '../lib/store.ts';
import type { Emulator } from './emulator.ts';
import { endPrediction, startPrediction } from './lifecycle.ts';
import type { ReplicateModel } from './models.ts';
import {
  createPrediction,
  decodePrediction,
  encodePrediction,
  isFinal,
  type Prediction,
} from './prediction.ts';
import type { RunnerContext } from './runner.ts';
import type { CreationBody } from './validation.ts';
import type { Webhooks } from './webhooks.ts';

export type Predictions = ReturnType<typeof openPredictions>;

const dataLifetimeMs = 60 * 60 * 1000;
const recordBytes = 4096;

/** The predictions of this emulator. Predictions that an earlier process left unfinished continue. */
export function openPredictions(emulator: Emulator & RunnerContext & { webhooks: Webhooks }) {
  const { pace, records, stats } = emulator;
  const store = openStore<Prediction>({
    name: 'predictions',
    records,
    lifetimeMs: 2 * dataLifetimeMs,
    maxBytes: 128 * 1024 * 1024,
    sizeOf: ({ input }) => recordBytes + JSON.stringify(input).length,
    now: pace.now,
    encode: encodePrediction,
    decode: decodePrediction,
  });
  const work = createBackgroundWork();
  const context = { ...emulator, work, save: ({ id }: Prediction) => store.save(id) };

  function removeOldData(prediction: Prediction) {
    const { completedAt = Infinity, dataRemoved } = prediction;
    if (dataRemoved || pace.now() < completedAt + dataLifetimeMs) return;
    Object.assign(prediction, { input: {}, output: null, logs: '', dataRemoved: true });
    store.save(prediction.id);
  }

  let created = Math.max(0, ...store.values().map(({ sequence }) => sequence));
  for (const prediction of store.values()) if (!isFinal(prediction)) startPrediction(context, prediction);

  return {
    /** `cancelAfterMs` is counted from now. */
    create(model: ReplicateModel, body: CreationBody, cancelAfterMs: number | undefined): Prediction {
      const at = { sequence: ++created, createdAt: pace.now() };
      const prediction = createPrediction(model, { ...at, ...newState(body, at.createdAt, cancelAfterMs) });
      stats.count('creations', prediction.prompt);
      if (prediction.script.has('lost')) return prediction;
      store.add(prediction.id, prediction);
      startPrediction(context, prediction);
      return prediction;
    },
    find(id: string): Prediction | undefined {
      const prediction = store.get(id);
      if (prediction) removeOldData(prediction);
      return prediction;
    },
    /** Newest first. */
    list(): Prediction[] {
      const predictions = store.values().toSorted((one, other) => other.sequence - one.sequence);
      predictions.forEach(removeOldData);
      return predictions;
    },
    /** Ends a prediction; does nothing where it has ended. */
    cancel: (prediction: Prediction) => endPrediction(context, prediction, { status: 'canceled' }),
    /** Deletes expired data and expired predictions. */
    sweep() {
      store.sweep();
      store.values().forEach(removeOldData);
    },
    /** Resolves when no prediction is running. */
    idle: work.idle,
  };
}

function newState(body: CreationBody, createdAt: number, cancelAfterMs: number | undefined) {
  const { input, webhook, webhook_events_filter: webhookEventsFilter } = body;
  return {
    id: randomId(),
    input,
    status: 'starting' as const,
    logs: '',
    output: null,
    error: null,
    dataRemoved: false,
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
