import type { Pace } from '../lib/pace.ts';
import type { Pictures } from '../drawing/pictures.ts';
import { settleAll } from '../lib/settle-all.ts';
import type { Tally } from '../lib/tally.ts';
import type { LogLine, Plan } from './models.ts';
import type { Outputs } from './outputs.ts';
import type { Prediction } from './prediction.ts';
import type { Reference } from './references.ts';
import { scriptedError } from './scripted.ts';

/** How a prediction ends. */
export interface Ending {
  status: 'succeeded' | 'failed' | 'canceled' | 'aborted';
  /** Paths at this server. */
  output?: string | string[];
  error?: string;
}

/** What happens on the way there. */
export interface Progress {
  start(): void;
  log(text: string): void;
}

export interface Runner {
  /**
   * Queues and runs a prediction, and resolves with its end. One that was running when the process ended runs again.
   * @throws {InputError} where a picture to start from cannot be used. Rejects when `signal` aborts.
   */
  run(prediction: Prediction, progress: Progress, signal: AbortSignal): Promise<Ending>;
}

interface Dependencies {
  pace: Pace;
  pictures: Pictures;
  outputs: Outputs;
  tally: Tally;
  readReferences: (addresses: readonly string[], signal: AbortSignal) => Promise<Reference[]>;
}

/** Does the work of a model on a prediction: waits in the queue, writes logs, draws. */
export function createRunner({ pace, pictures, outputs, tally, readReferences }: Dependencies): Runner {
  async function process(prediction: Prediction, progress: Progress, signal: AbortSignal): Promise<Ending> {
    const { model, script, input } = prediction;
    const plan = model.plan(input);
    const usualMs = pace.between(...model.runSeconds);
    const runMs = script.has('slow') ? script.number('slow', (usualMs * 3) / 1000) * 1000 : usualMs;
    const references = await readReferences(plan.referenceUrls, signal);
    const error = plan.refusal ?? scriptedError(prediction, tally);
    if (error !== undefined) {
      await pace.work(runMs / 2, signal);
      return { status: 'failed', error };
    }
    const safe = script.has('text-only') ? 0 : plan.count - (script.has('fewer') ? 1 : 0);
    const [, drawn] = await settleAll<[void, Buffer[]]>([
      writeLogs(model.narrate(plan, input, runMs, safe), { pace, runMs, progress, signal }),
      drawAll(prediction, { plan, count: safe, references, pictures, signal }),
    ]);
    const paths = outputs.add(drawn, { format: plan.format, prompt: prediction.prompt });
    const output = model.outputIsList ? paths : paths[0];
    return { status: 'succeeded', ...(output !== undefined && !script.has('text-only') && { output }) };
  }

  return {
    async run(prediction, progress, signal) {
      if (prediction.status === 'processing') return await process(prediction, progress, signal);
      const { model, script } = prediction;
      const usualMs = pace.between(...model.queueSeconds);
      await pace.work(script.has('queued') ? script.number('queued', 30) * 1000 : usualMs, signal);
      if (script.has('aborted')) return { status: 'aborted' };
      progress.start();
      return await process(prediction, progress, signal);
    },
  };
}

async function writeLogs(
  lines: readonly LogLine[],
  options: { pace: Pace; runMs: number; progress: Progress; signal: AbortSignal },
): Promise<void> {
  const { pace, runMs, progress, signal } = options;
  let at = 0;
  for (const line of lines) {
    if (line.at > at) await pace.work((line.at - at) * runMs, signal);
    at = line.at;
    progress.log(line.text);
  }
}

/** Draws one after the other, so that a long series leaves room for others between its pictures. */
async function drawAll(
  { prompt, script }: Prediction,
  options: { plan: Plan; count: number; references: Reference[]; pictures: Pictures; signal: AbortSignal },
): Promise<Buffer[]> {
  const { plan, count, references, pictures, signal } = options;
  const { seed, format, quality } = plan;
  const order = {
    prompt,
    format,
    isPlain: script.has('plain'),
    references: references.map(({ bytes }) => bytes),
    ...plan.dimensions(references[0]?.dimensions),
    ...(quality !== undefined && { quality }),
  };
  const drawn: Buffer[] = [];
  while (drawn.length < count)
    drawn.push(await pictures.draw({ ...order, seed: seed + drawn.length }, signal));
  return drawn;
}
