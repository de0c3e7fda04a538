import { createBackgroundWork } from '../lib/background-work.ts';
import type { Pace } from '../lib/pace.ts';
import type { SandboxLog } from '../lib/log.ts';
import type { Tally } from '../lib/tally.ts';
import { isFinal, metricsOf, predictionBody, type Prediction } from './prediction.ts';
import { InputError } from './references.ts';
import type { Ending, Progress, Runner } from './runner.ts';
import { webhookEvents } from './validation.ts';
import type { Notify, Webhooks } from './webhooks.ts';

export interface PredictionLifecycle {
  /** Starts a prediction, or continues one that an earlier process left unfinished. */
  start(prediction: Prediction): void;
  /** Ends a prediction; does nothing where it has ended. */
  end(prediction: Prediction, ending: Ending): void;
  /** Resolves when no prediction is running. */
  idle(): Promise<void>;
}

interface Dependencies {
  origin: string;
  pace: Pace;
  runner: Runner;
  webhooks: Webhooks;
  tally: Tally;
  /** Aborts when the emulator closes. */
  signal: AbortSignal;
  log: SandboxLog;
  /** Called after each change that must outlive the process. */
  save: (prediction: Prediction) => void;
}

interface Run {
  notify: Notify;
  signal: AbortSignal;
}

const unexpectedError = 'Director: unexpected error handling prediction (E9828)';

/** Takes predictions from starting through processing to one of four final states. */
export function createPredictionLifecycle(dependencies: Dependencies): PredictionLifecycle {
  const { origin, pace, runner, webhooks, tally, log, save } = dependencies;
  const work = createBackgroundWork();
  const runs = new WeakMap<Prediction, { stop: AbortController; notify: Notify }>();

  function end(prediction: Prediction, { status, output, error }: Ending) {
    const run = runs.get(prediction);
    if (!run || isFinal(prediction)) return;
    prediction.status = status;
    prediction.output = output ?? null;
    prediction.error = error ?? null;
    if (status === 'canceled') prediction.logs = null;
    prediction.completedAt = pace.now();
    prediction.metrics = metricsOf(prediction);
    save(prediction);
    run.stop.abort();
    if (output !== undefined) run.notify('output');
    run.notify('completed');
    prediction.settlement.resolve();
  }

  async function runToEnd(prediction: Prediction, run: Run) {
    const progress = reportProgress(prediction, run, dependencies);
    try {
      end(prediction, await runner.run(prediction, progress, run.signal));
    } catch (error) {
      if (run.signal.aborted) return;
      const isInput = error instanceof InputError;
      if (!isInput) log('prediction failed unexpectedly', { error });
      end(prediction, { status: 'failed', error: isInput ? error.message : unexpectedError });
    }
  }

  async function endAt(deadlineAt: number, prediction: Prediction, signal: AbortSignal) {
    await pace.wait(Math.max(0, deadlineAt - pace.now()), signal).catch(() => {});
    // A prediction that had not begun is not billed.
    if (!signal.aborted)
      end(prediction, { status: prediction.status === 'starting' ? 'aborted' : 'canceled' });
  }

  return {
    start(prediction) {
      const stop = new AbortController();
      const signal = AbortSignal.any([dependencies.signal, stop.signal]);
      const notify = openWebhook(prediction, webhooks, origin);
      runs.set(prediction, { stop, notify });
      work.add(tally.whileRunning(runToEnd(prediction, { notify, signal })));
      const { deadlineAt } = prediction;
      if (deadlineAt !== undefined) work.add(endAt(deadlineAt, prediction, signal));
    },
    end,
    idle: work.idle,
  };
}

/** A cancel can come between a timer and the work that it resumes; a prediction that has ended must not change. */
function reportProgress(
  prediction: Prediction,
  { notify, signal }: Run,
  { pace, save }: Pick<Dependencies, 'pace' | 'save'>,
): Progress {
  return {
    start() {
      signal.throwIfAborted();
      prediction.status = 'processing';
      prediction.startedAt = pace.now();
      save(prediction);
      notify('start');
    },
    log(text) {
      signal.throwIfAborted();
      prediction.logs += text;
      notify('logs');
    },
  };
}

function openWebhook(prediction: Prediction, webhooks: Webhooks, origin: string): Notify {
  const { webhook, webhookEventsFilter, script } = prediction;
  if (webhook === undefined) return () => {};
  return webhooks.open({
    url: webhook,
    events: webhookEventsFilter ?? webhookEvents,
    twice: script.has('duplicate-webhook'),
    body: () => JSON.stringify(predictionBody(prediction, origin)),
  });
}
