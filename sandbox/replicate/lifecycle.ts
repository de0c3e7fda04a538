import type { createBackgroundWork } from '../lib/background-work.ts';
import type { Emulator } from './emulator.ts';
import { isFinal, metricsOf, predictionBody, type Prediction } from './prediction.ts';
import { InputError } from './references.ts';
import { runPrediction, type Ending, type RunnerContext } from './runner.ts';
import { webhookEvents } from './validation.ts';
import type { Notify, Webhooks } from './webhooks.ts';

interface Context extends Emulator, RunnerContext {
  webhooks: Webhooks;
  work: ReturnType<typeof createBackgroundWork>;
  /** Called after each change that must outlive the process. */
  save: (prediction: Prediction) => void;
}

interface Run {
  notify: Notify;
  stop: AbortController;
  /** Aborts when the prediction has ended, or the emulator closes. */
  signal: AbortSignal;
}

const unexpectedError = 'Director: unexpected error handling prediction (E9828)';
const runs = new WeakMap<Prediction, Run>();

/** Starts a prediction, or continues one that an earlier process left unfinished. */
export function startPrediction(context: Context, prediction: Prediction): void {
  const { work, stats } = context;
  const stop = new AbortController();
  const signal = AbortSignal.any([context.signal, stop.signal]);
  const run = { stop, signal, notify: openWebhook(context, prediction) };
  runs.set(prediction, run);
  work.add(stats.whileRunning(prediction.prompt, () => runToEnd(context, prediction, run)));
  if (prediction.deadlineAt !== undefined)
    work.add(endAt(prediction.deadlineAt, context, prediction, signal));
}

/** Ends a prediction; does nothing where it has ended. */
export function endPrediction(context: Context, prediction: Prediction, ending: Ending): void {
  const run = runs.get(prediction);
  if (!run || isFinal(prediction)) return;
  const { status, output, error } = ending;
  prediction.status = status;
  prediction.output = output ?? null;
  prediction.error = error ?? null;
  if (status === 'canceled') prediction.logs = null;
  prediction.completedAt = context.pace.now();
  prediction.metrics = metricsOf(prediction);
  context.save(prediction);
  run.stop.abort();
  if (output !== undefined) run.notify('output');
  run.notify('completed');
  prediction.settlement.resolve();
}

async function runToEnd(context: Context, prediction: Prediction, { notify, signal }: Run) {
  // A cancel can come between a timer and the work that it resumes; a prediction that has ended must not change.
  const job = {
    prediction,
    signal,
    start() {
      signal.throwIfAborted();
      prediction.status = 'processing';
      prediction.startedAt = context.pace.now();
      context.save(prediction);
      notify('start');
    },
    log(text: string) {
      signal.throwIfAborted();
      prediction.logs += text;
      notify('logs');
    },
  };
  try {
    endPrediction(context, prediction, await runPrediction(context, job));
  } catch (error) {
    if (signal.aborted) return;
    const isInput = error instanceof InputError;
    if (!isInput) context.log('prediction failed unexpectedly', { error });
    endPrediction(context, prediction, {
      status: 'failed',
      error: isInput ? error.message : unexpectedError,
    });
  }
}

async function endAt(deadlineAt: number, context: Context, prediction: Prediction, signal: AbortSignal) {
  const { pace } = context;
  await pace.wait(Math.max(0, deadlineAt - pace.now()), signal).catch(() => {});
  // A prediction that had not begun is not billed.
  const status = prediction.status === 'starting' ? 'aborted' : 'canceled';
  if (!signal.aborted) endPrediction(context, prediction, { status });
}

function openWebhook({ webhooks, origin }: Context, prediction: Prediction): Notify {
  const { webhook, webhookEventsFilter, script } = prediction;
  if (webhook === undefined) return () => {};
  return webhooks.open({
    url: webhook,
    events: webhookEventsFilter ?? webhookEvents,
    twice: script.has('duplicate-webhook'),
    body: () => JSON.stringify(predictionBody(prediction, origin)),
  });
}
