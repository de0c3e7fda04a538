import { randomBytes } from 'node:crypto';
import type { Pace } from '../pace.ts';
import type { Records } from '../records.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { readScript } from '../script.ts';
import { openStore } from '../store.ts';
import type { Tally } from '../tally.ts';
import type { ReplicateModel } from './models.ts';
import { isFinal, metricsOf, predictionBody, promptOf, type Prediction } from './prediction.ts';
import { decodePrediction, encodePrediction } from './prediction-record.ts';
import { InputError } from './references.ts';
import type { Ending, Runner } from './runner.ts';
import { webhookEvents, type CreationBody } from './validation.ts';
import type { Notify, Webhooks } from './webhooks.ts';

export interface Predictions {
  /** `cancelAfterMs` is counted from now. */
  create(model: ReplicateModel, body: CreationBody, cancelAfterMs: number | undefined): Prediction;
  find(id: string): Prediction | undefined;
  /** Newest first. */
  list(): Prediction[];
  /** Ends a prediction; does nothing where it has ended. */
  cancel(prediction: Prediction): void;
  /** Lets go of what has expired, data and whole predictions. */
  sweep(): void;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
}

const dataLifetimeMs = 60 * 60 * 1000;
const recordLifetimeMs = 2 * dataLifetimeMs;
const maxStoredBytes = 128 * 1024 * 1024;
const recordBytes = 4096;

/**
 * The predictions and their lives: starting, processing, then one of four ends, which is never left again. Those that an
 * earlier process left on the way go on.
 */
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
  const { origin, records, pace, runner, webhooks, tally, log } = options;
  const running = new Set<Promise<void>>();
  const lives = new WeakMap<Prediction, { stop: AbortController; notify: Notify }>();
  const store = openStore<Prediction>({
    name: 'predictions',
    records,
    lifetimeMs: recordLifetimeMs,
    maxBytes: maxStoredBytes,
    sizeOf: ({ input }) => recordBytes + JSON.stringify(input).length,
    now: pace.now,
    encode: (prediction) => ({ content: encodePrediction(prediction) }),
    decode: decodePrediction,
  });
  let created = 0;

  function end(prediction: Prediction, { status, output, error }: Ending) {
    const life = lives.get(prediction);
    if (!life || isFinal(prediction)) return;
    prediction.status = status;
    prediction.output = output ?? null;
    prediction.error = error ?? null;
    if (status === 'canceled') prediction.logs = null;
    prediction.completedAt = pace.now();
    prediction.metrics = metricsOf(prediction);
    store.save(prediction.id);
    life.stop.abort();
    if (output !== undefined) life.notify('output');
    life.notify('completed');
    prediction.settlement.resolve();
  }

  async function live(prediction: Prediction, notify: Notify, signal: AbortSignal) {
    // A cancel can come between a timer and what it wakes; what has ended must not change any more.
    const progress = {
      start() {
        signal.throwIfAborted();
        prediction.status = 'processing';
        prediction.startedAt = pace.now();
        store.save(prediction.id);
        notify('start');
      },
      log(text: string) {
        signal.throwIfAborted();
        prediction.logs += text;
        notify('logs');
      },
    };
    try {
      end(prediction, await runner.run(prediction, progress, signal));
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof InputError)) log('prediction failed unexpectedly', { error });
      const unexpected = 'Director: unexpected error handling prediction (E9828)';
      end(prediction, { status: 'failed', error: error instanceof InputError ? error.message : unexpected });
    }
  }

  async function endAt(deadlineAt: number, prediction: Prediction, signal: AbortSignal) {
    await pace.wait(Math.max(0, deadlineAt - pace.now()), signal).catch(() => {});
    // Not billed where it had not begun.
    if (!signal.aborted)
      end(prediction, { status: prediction.status === 'starting' ? 'aborted' : 'canceled' });
  }

  function track(work: Promise<void>) {
    const done = work.finally(() => running.delete(done));
    running.add(done);
  }

  function openWebhook({ webhook, webhookEventsFilter, script }: Prediction, body: () => string): Notify {
    if (webhook === undefined) return () => {};
    const events = webhookEventsFilter ?? webhookEvents;
    return webhooks.open({ url: webhook, events, twice: script.has('duplicate-webhook'), body });
  }

  function bringToLife(prediction: Prediction) {
    const stop = new AbortController();
    const signal = AbortSignal.any([options.signal, stop.signal]);
    const notify = openWebhook(prediction, () => JSON.stringify(predictionBody(prediction, origin)));
    lives.set(prediction, { stop, notify });
    track(tally.whileRunning(live(prediction, notify, signal)));
    const { deadlineAt } = prediction;
    if (deadlineAt !== undefined) track(endAt(deadlineAt, prediction, signal));
  }

  function removeOldData(prediction: Prediction) {
    const { completedAt } = prediction;
    if (prediction.dataRemoved) return;
    if (completedAt === undefined || pace.now() < completedAt + dataLifetimeMs) return;
    Object.assign(prediction, { input: {}, output: null, logs: '', dataRemoved: true });
    store.save(prediction.id);
  }

  for (const prediction of store.values()) {
    created = Math.max(created, prediction.sequence);
    if (!isFinal(prediction)) bringToLife(prediction);
  }

  return {
    create(model, body, cancelAfterMs) {
      const createdAt = pace.now();
      const prompt = promptOf(body.input);
      const prediction: Prediction = {
        id: randomId(),
        sequence: ++created,
        model,
        input: body.input,
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
        ...(body.webhook !== undefined && { webhook: body.webhook }),
        ...(body.webhook_events_filter && { webhookEventsFilter: body.webhook_events_filter }),
      };
      tally.countCreation(prompt);
      if (prediction.script.has('lost')) return prediction;
      store.add(prediction.id, prediction);
      bringToLife(prediction);
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
    cancel: (prediction) => end(prediction, { status: 'canceled' }),
    async idle() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}

/** 26 characters, as the provider's ids. */
function randomId(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  return Array.from(randomBytes(26), (byte) => alphabet.charAt(byte % 32)).join('');
}
