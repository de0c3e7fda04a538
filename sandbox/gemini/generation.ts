import { createHash, randomInt } from 'node:crypto';
import type { Pace } from '../lib/pace.ts';
import { measure, pixelsFor, pixelsLike, type Pictures } from '../drawing/pictures.ts';
import type { Size } from '../drawing/raster.ts';
import type { Script } from '../lib/script.ts';
import { settleAll } from '../lib/settle-all.ts';
import type { Outcome } from './response.ts';
import { servedModel } from './model.ts';
import type { GenerateRequest } from './request.ts';

export type Generation = ReturnType<typeof createGeneration>;

export class UnreadableImageError extends Error {
  override name = 'UnreadableImageError';
}

const maxSeed = 2_147_483_647;

export function createGeneration({ pace, pictures }: { pace: Pace; pictures: Pictures }) {
  /** Running calls by prompt. */
  const running = new Map<string, number>();

  async function draw(request: GenerateRequest, script: Script, signal: AbortSignal): Promise<Outcome> {
    const { prompt, references, seed = randomInt(maxSeed) } = request;
    const size = await sizeOf(request);
    const order = { prompt, seed, references, format: 'jpg' as const, isPlain: script.has('plain') };
    const final = await pictures.draw({ ...order, ...size }, signal);
    if (!script.has('drafts') && !isDraftedAnyway(prompt)) return { type: 'pictures', final };
    const [width, height] = [Math.round(size.width / 2), Math.round(size.height / 2)];
    const draft = await pictures.draw({ ...order, width, height, seed: seed + 1 }, signal);
    return { type: 'pictures', final, draft };
  }

  async function work(
    request: GenerateRequest,
    script: Script,
    isAlone: boolean,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const scripted = scriptedOutcome(script, request, isAlone);
    const usualMs = scripted?.type === 'blocked' ? pace.between(0.8, 1.2) : pace.between(8, 12);
    const workMs = script.durationMs('queued', 30_000, 0) + script.durationMs('slow', usualMs * 3, usualMs);
    const [, outcome] = await settleAll<[void, Outcome]>([
      pace.work(workMs, signal),
      scripted ?? draw(request, script, signal),
    ]);
    return outcome;
  }

  return {
    /**
     * Does the work of one call, in the emulated time.
     * @throws {UnreadableImageError} where a reference is no picture. Rejects when `signal` aborts.
     */
    async generate(request: GenerateRequest, script: Script, signal: AbortSignal): Promise<Outcome> {
      const { prompt, references } = request;
      await Promise.all(references.map(measureReference));
      const others = running.get(prompt) ?? 0;
      running.set(prompt, others + 1);
      try {
        return await work(request, script, others === 0, signal);
      } finally {
        const left = (running.get(prompt) ?? 1) - 1;
        if (left > 0) running.set(prompt, left);
        else running.delete(prompt);
      }
    },
  };
}

async function sizeOf({ aspectRatio, imageSize, references }: GenerateRequest): Promise<Size> {
  const scale = Number.parseInt(imageSize);
  const [first] = references;
  if (aspectRatio === undefined && first)
    return pixelsLike(await measureReference(first), servedModel.sizes, scale);
  return pixelsFor(servedModel.sizes, aspectRatio ?? '1:1', scale);
}

async function measureReference(reference: Buffer): Promise<Size> {
  try {
    return await measure(reference);
  } catch (cause) {
    throw new UnreadableImageError('A reference is no picture', { cause });
  }
}

function scriptedOutcome(
  script: Script,
  { wantsImage, isContinuation }: GenerateRequest,
  isAlone: boolean,
): Outcome | undefined {
  if (script.has('blocked')) {
    return { type: 'blocked', blockReason: (script.text('blocked') ?? 'PROHIBITED_CONTENT').toUpperCase() };
  }
  if (script.has('finish'))
    return { type: 'refused', finishReason: (script.text('finish') ?? 'OTHER').toUpperCase() };
  if (script.has('lost') || (script.has('fewer') && isAlone))
    return { type: 'refused', finishReason: 'NO_IMAGE' };
  if (script.has('text-only') || !wantsImage) return { type: 'text' };
  if (script.has('continued') && !isContinuation) return { type: 'continued' };
  return undefined;
}

/** The real model sends a draft first now and then; here a quarter of all prompts get one, always the same ones. */
function isDraftedAnyway(prompt: string): boolean {
  return createHash('sha256').update(prompt).digest().readUInt8() % 4 === 0;
}
