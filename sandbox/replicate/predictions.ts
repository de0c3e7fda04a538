import { randomBytes } from 'node:crypto';
import { createBackgroundWork } from '../lib/background-work.ts';
import { openStore } from '../lib/store.ts';
import type { Emulator } from './emulator.ts';
import type { ReplicateModel } from './models.ts';
import {
  createPrediction,
  decodePrediction,
  encodePrediction,
  isFinal,
  metricsOf,
  predictionBody,
  type Prediction,
} from './prediction.ts';
import { InputError } from './references.ts';
import type { Ending, Progress, Runner } from './runner.ts';
import { webhookEvents, type CreationBody } from './validation.ts';
import type { Notify, Webhooks } from './webhooks.ts';

export type Predictions = ReturnType<typeof openPredictions>;

interface Run {
  notify: Notify;
  stop: AbortController;
  /** Aborts when the prediction has ended, or the emulator closes. */
  signal: AbortSignal;
}

const dataLifetimeMs = 60 * 60 * 1000;
const recordLifetimeMs = 2 * dataLifetimeMs;
const maxStoredBytes = 128 * 1024 * 1024;
const recordBytes = 4096;
const unexpectedError = 'Director: unexpected error handling prediction (E9828)';

/**
 * The predictions of this emulator, from starting through processing to one of four final states. Those that an earlier
 * process left unfinished continue.
 */
export function openPredictions({
  origin,
  records,
  pace,
  runner,
  webhooks,
  stats,
  signal: closing,
  log,
}: Emulator & { runner: Runner; webhooks: Webhooks }) {
  const store = openStore<Prediction>({
    name: 'predictions',
    records,
    lifetimeMs: recordLifetimeMs,
    maxBytes: maxStoredBytes,
    sizeOf: ({ input }) => recordBytes + JSON.stringify(input).length,
    now: pace.now,
    encode: encodePrediction,
    decode: decodePrediction,
  });
  const work = createBackgroundWork();
  const runs = new WeakMap<Prediction, Run>();
  let created = 0;

  function start(prediction: Prediction) {
    const { webhook, webhookEventsFilter, script, deadlineAt } = prediction;
    const stop = new AbortController();
    const run: Run = {
      stop,
      signal: AbortSignal.any([closing, stop.signal]),
      notify:
        webhook === undefined
          ? () => {}
          : webhooks.open({
              url: webhook,
              events: webhookEventsFilter ?? webhookEvents,
              twice: script.has('duplicate-webhook'),
              body: () => JSON.stringify(predictionBody(prediction, origin)),
            }),
    };
    runs.set(prediction, run);
    work.add(stats.whileRunning(runToEnd(prediction, run)));
    if (deadlineAt !== undefined) work.add(endAt(deadlineAt, prediction, run.signal));
  }

  async function runToEnd(prediction: Prediction, run: Run) {
    try {
      end(prediction, await runner.run(prediction, reportProgress(prediction, run), run.signal));
    } catch (error) {
      if (run.signal.aborted) return;
      const isInput = error instanceof InputError;
      if (!isInput) log('prediction failed unexpectedly', { error });
      end(prediction, { status: 'failed', error: isInput ? error.message : unexpectedError });
    }
  }

  /** A cancel can come between a timer and the work that it resumes; a prediction that has ended must not change. */
  function reportProgress(prediction: Prediction, { notify, signal }: Run): Progress {
    return {
      start() {
        signal.throwIfAborted();
        prediction.status = 'processing';
        prediction.startedAt = pace.now();
        store.save(prediction.id);
        notify('start');
      },
      log(text) {
        signal.throwIfAborted();
        prediction.logs += text;
        notify('logs');
      },
    };
  }

  async function endAt(deadlineAt: number, prediction: Prediction, signal: AbortSignal) {
    await pace.wait(Math.max(0, deadlineAt - pace.now()), signal).catch(() => {});
    // A prediction that had not begun is not billed.
    if (!signal.aborted)
      end(prediction, { status: prediction.status === 'starting' ? 'aborted' : 'canceled' });
  }

  /** Ends a prediction; does nothing where it has ended. */
  function end(prediction: Prediction, { status, output, error }: Ending) {
    const run = runs.get(prediction);
    if (!run || isFinal(prediction)) return;
    prediction.status = status;
    prediction.output = output ?? null;
    prediction.error = error ?? null;
    prediction.completedAt = pace.now();
    if (status === 'canceled') prediction.logs = null;
    prediction.metrics = metricsOf(prediction);
    store.save(prediction.id);
    run.stop.abort();
    if (output !== undefined) run.notify('output');
    run.notify('completed');
    prediction.settlement.resolve();
  }

  function removeOldData(prediction: Prediction) {
    const { completedAt = Infinity, dataRemoved } = prediction;
    if (dataRemoved || pace.now() < completedAt + dataLifetimeMs) return;
    Object.assign(prediction, { input: {}, output: null, logs: '', dataRemoved: true });
    store.save(prediction.id);
  }

  for (const prediction of store.values()) {
    created = Math.max(created, prediction.sequence);
    if (!isFinal(prediction)) start(prediction);
  }

  return {
    /** `cancelAfterMs` is counted from now. */
    create(model: ReplicateModel, body: CreationBody, cancelAfterMs: number | undefined): Prediction {
      const { input, webhook, webhook_events_filter: webhookEventsFilter } = body;
      const createdAt = pace.now();
      const prediction = createPrediction(model, {
        id: randomId(),
        sequence: ++created,
        input,
        status: 'starting',
        logs: '',
        output: null,
        error: null,
        dataRemoved: false,
        createdAt,
        ...(cancelAfterMs !== undefined && { deadlineAt: createdAt + cancelAfterMs }),
        ...(webhook !== undefined && { webhook }),
        ...(webhookEventsFilter && { webhookEventsFilter }),
      });
      stats.count('creations', prediction.prompt);
      if (prediction.script.has('lost')) return prediction;
      store.add(prediction.id, prediction);
      start(prediction);
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
    cancel: (prediction: Prediction) => end(prediction, { status: 'canceled' }),
    /** Deletes expired data and expired predictions. */
    sweep() {
      store.sweep();
      store.values().forEach(removeOldData);
    },
    /** Resolves when no prediction is running. */
    idle: work.idle,
  };
}

/** 26 characters, as the provider's ids. */
function randomId(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return Array.from(randomBytes(26), (byte) => alphabet.charAt(byte % 32)).join('');
}
