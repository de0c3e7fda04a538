import { createHash, randomInt } from 'node:crypto';
import type { Pace } from '../lib/pace.ts';
import { measure, pixelsFor, type Pictures } from '../drawing/pictures.ts';
import type { Size } from '../drawing/raster.ts';
import type { Script } from '../lib/script.ts';
import { settleAll } from '../lib/settle-all.ts';
import type { Outcome } from './response.ts';
import type { GenerateRequest } from './request.ts';

/** A call that is worked on. */
export interface Call {
  request: GenerateRequest;
  script: Script;
  /** False while another call with the same prompt runs. */
  isAlone: boolean;
  signal: AbortSignal;
}

interface Context {
  pace: Pace;
  pictures: Pictures;
}

export class UnreadableImageError extends Error {
  override name = 'UnreadableImageError';
}

const maxSeed = 2_147_483_647;

/**
 * Does the work of one call, in the emulated time.
 * @throws {UnreadableImageError} where a reference is no picture. Rejects when `signal` aborts.
 */
export async function generate({ pace, pictures }: Context, call: Call): Promise<Outcome> {
  const { request, script, signal } = call;
  const [reference] = await Promise.all(request.references.map(measureReference));
  const scripted = scriptedOutcome(call);
  const usualMs = scripted?.type === 'blocked' ? pace.between(0.8, 1.2) : pace.between(8, 12);
  const workMs = script.durationMs('queued', 30_000, 0) + script.durationMs('slow', usualMs * 3, usualMs);
  const [, outcome] = await settleAll<[void, Outcome]>([
    pace.work(workMs, signal),
    scripted ?? draw(pictures, call, reference),
  ]);
  return outcome;
}

async function measureReference(reference: Buffer): Promise<Size> {
  try {
    return await measure(reference);
  } catch (cause) {
    throw new UnreadableImageError('A reference is no picture', { cause });
  }
}

async function draw(
  pictures: Pictures,
  { request, script, signal }: Call,
  reference: Size | undefined,
): Promise<Outcome> {
  const { model, prompt, references, seed = randomInt(maxSeed), aspectRatio = '', imageSize } = request;
  const size = pixelsFor(model.sizes, aspectRatio, Number.parseInt(imageSize), reference);
  const order = { prompt, seed, references, format: 'jpg' as const, isPlain: script.has('plain') };
  const final = await pictures.draw({ ...order, ...size }, signal);
  if (!script.has('drafts') && !isDraftedAnyway(prompt)) return { type: 'pictures', final };
  const [width, height] = [Math.round(size.width / 2), Math.round(size.height / 2)];
  const draft = await pictures.draw({ ...order, width, height, seed: seed + 1 }, signal);
  return { type: 'pictures', final, draft };
}

function scriptedOutcome({ script, request, isAlone }: Call): Outcome | undefined {
  const named = (word: 'blocked' | 'finish', usual: string) => (script.text(word) ?? usual).toUpperCase();
  if (script.has('blocked')) return { type: 'blocked', blockReason: named('blocked', 'PROHIBITED_CONTENT') };
  if (script.has('finish')) return { type: 'refused', finishReason: named('finish', 'OTHER') };
  if (script.has('lost') || (script.has('fewer') && isAlone))
    return { type: 'refused', finishReason: 'NO_IMAGE' };
  if (script.has('text-only') || !request.wantsImage) return { type: 'text' };
  if (script.has('continued') && !request.isContinuation) return { type: 'continued' };
  return undefined;
}

/** The real model sends a draft first now and then; here a quarter of all prompts get one, always the same ones. */
function isDraftedAnyway(prompt: string): boolean {
  return createHash('sha256').update(prompt).digest().readUInt8() % 4 === 0;
}
