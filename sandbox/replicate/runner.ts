import { randomBytes } from 'node:crypto';
import type { Pictures } from '../drawing/pictures.ts';
import type { Pace } from '../lib/pace.ts';
import { settleAll } from '../lib/settle-all.ts';
import type { Stats } from '../lib/stats.ts';
import type { Outputs } from './files.ts';
import type { LogLine, Plan } from './models.ts';
import type { Prediction } from './prediction.ts';
import type { createReferenceReader, Reference } from './references.ts';

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

export type Runner = ReturnType<typeof createRunner>;

const interruption = 'Prediction interrupted; please retry (code: PA)';

/** Does the work of a model on a prediction: waits in the queue, writes logs, draws. */
export function createRunner({
  pace,
  pictures,
  outputs,
  stats,
  readReferences,
}: {
  pace: Pace;
  stats: Stats;
  pictures: Pictures;
  outputs: Outputs;
  readReferences: ReturnType<typeof createReferenceReader>;
}) {
  async function process(prediction: Prediction, progress: Progress, signal: AbortSignal): Promise<Ending> {
    const { model, script, input, prompt } = prediction;
    const plan = model.plan(input);
    const usualMs = pace.between(...model.runSeconds);
    const runMs = script.durationMs('slow', usualMs * 3, usualMs);
    const references = await readReferences(plan.referenceUrls, signal);
    const error = plan.refusal ?? scriptedError(prediction, stats);
    if (error !== undefined) {
      await pace.work(runMs / 2, signal);
      return { status: 'failed', error };
    }
    const safe = script.has('text-only') ? 0 : plan.count - (script.has('fewer') ? 1 : 0);
    const [, drawn] = await settleAll<[void, Buffer[]]>([
      writeLogs(model.narrate(plan, input, runMs, safe), { pace, runMs, progress, signal }),
      drawAll(prediction, { plan, count: safe, references, pictures, signal }),
    ]);
    const paths = drawn.map((bytes, index) => outputs.add(bytes, index, plan.format, prompt));
    const output = model.outputIsList ? paths : paths[0];
    return { status: 'succeeded', ...(output !== undefined && !script.has('text-only') && { output }) };
  }

  return {
    /**
     * Queues and runs a prediction, and resolves with its end. One that was running when the process ended runs again.
     * @throws {InputError} where a picture to start from cannot be used. Rejects when `signal` aborts.
     */
    async run(prediction: Prediction, progress: Progress, signal: AbortSignal): Promise<Ending> {
      if (prediction.status === 'processing') return await process(prediction, progress, signal);
      const { script } = prediction;
      await pace.work(script.durationMs('queued', 30_000, pace.between(0.2, 0.6)), signal);
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
  let before = 0;
  for (const { at, text } of lines) {
    if (at > before) await pace.work((at - before) * runMs, signal);
    before = at;
    progress.log(text);
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

/** The error with which the prompt's words end a prediction. */
function scriptedError({ prompt, script }: Prediction, stats: Stats): string | undefined {
  if (script.has('blocked')) {
    const suffix = randomBytes(4).toString('hex');
    return `The input or output was flagged as sensitive. Please try again with different inputs. (E005) (${suffix})`;
  }
  const times = script.number('interrupted', 1);
  if (script.has('interrupted') && stats.isAmongFirst(times, prompt, 'interrupted')) return interruption;
  if (!script.has('failed')) return undefined;
  const code = script.text('failed')?.toUpperCase();
  if (code === undefined) return 'The model could not generate an image for this prompt';
  return code === 'PA' ? interruption : `Director: unexpected error handling prediction (${code})`;
}
