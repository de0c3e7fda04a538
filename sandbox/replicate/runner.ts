import { randomBytes } from 'node:crypto';
import { settleAll } from '../lib/settle-all.ts';
import type { Stats } from '../lib/stats.ts';
import type { Emulator } from './emulator.ts';
import type { LogLine, ModelInput, Plan } from './models.ts';
import type { Prediction } from './prediction.ts';
import { readReferences, type PictureStores, type Reference } from './references.ts';

/** How a prediction ends. */
export interface Ending {
  status: 'succeeded' | 'failed' | 'canceled' | 'aborted';
  /** Paths at this server. */
  output?: string | string[];
  error?: string;
}

/** A prediction that is run, and what happens on the way. */
export interface Job {
  prediction: Prediction;
  start(): void;
  log(text: string): void;
  /** Aborts when the prediction has ended, or the emulator closes. */
  signal: AbortSignal;
}

export type RunnerContext = Pick<Emulator, 'pace' | 'pictures' | 'stats'> & PictureStores;

const interruption = 'Prediction interrupted; please retry (code: PA)';

/**
 * Queues a prediction, does its model's work, and resolves with its end. One that was running when the process ended
 * runs again.
 * @throws {InputError} where a picture to start from cannot be used. Rejects when the signal aborts.
 */
export async function runPrediction(context: RunnerContext, job: Job): Promise<Ending> {
  const { prediction, signal } = job;
  const { script, status } = prediction;
  if (status !== 'processing') {
    const { pace } = context;
    await pace.work(script.durationMs('queued', 30_000, pace.between(0.2, 0.6)), signal);
    if (script.has('aborted')) return { status: 'aborted' };
    job.start();
  }
  return await runModel(context, job);
}

async function runModel(context: RunnerContext, job: Job): Promise<Ending> {
  const { pace, outputs, stats } = context;
  const { prediction, signal } = job;
  const { model, script, prompt } = prediction;
  const input = prediction.input as ModelInput;
  const plan = model.plan(input);
  const usualMs = pace.between(...model.runSeconds);
  const runMs = script.durationMs('slow', usualMs * 3, usualMs);
  const references = await readReferences(plan.referenceUrls, context, signal);
  const error = plan.refusal ?? scriptedError(prediction, stats);
  if (error !== undefined) {
    await pace.work(runMs / 2, signal);
    return { status: 'failed', error };
  }
  const safe = script.has('text-only') ? 0 : plan.count - (script.has('fewer') ? 1 : 0);
  const [, drawn] = await settleAll<[void, Buffer[]]>([
    writeLogs(context, job, model.narrate(plan, input, runMs, safe), runMs),
    drawAll(context, job, { ...plan, count: safe }, references),
  ]);
  const paths = drawn.map((bytes, index) => outputs.add(bytes, index, plan.format, prompt));
  const output = model.outputIsList ? paths : paths[0];
  return { status: 'succeeded', ...(output !== undefined && !script.has('text-only') && { output }) };
}

async function writeLogs(
  { pace }: RunnerContext,
  { log, signal }: Job,
  lines: readonly LogLine[],
  runMs: number,
): Promise<void> {
  let before = 0;
  for (const { at, text } of lines) {
    if (at > before) await pace.work((at - before) * runMs, signal);
    before = at;
    log(text);
  }
}

/** Draws one after the other, so that a long series leaves room for others between its pictures. */
async function drawAll(
  { pictures }: RunnerContext,
  { prediction: { prompt, script }, signal }: Job,
  { count, seed, format, quality, dimensions }: Plan,
  references: readonly Reference[],
): Promise<Buffer[]> {
  const order = {
    prompt,
    format,
    isPlain: script.has('plain'),
    references: references.map(({ bytes }) => bytes),
    ...dimensions(references[0]?.dimensions),
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
