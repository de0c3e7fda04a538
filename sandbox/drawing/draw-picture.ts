import { fromSharp, resized, shrunk, svgDocument, toSharp, type Raster, type Size } from './base/raster.ts';
import { finish } from './finish.ts';
import { paintLandscape } from './landscape/landscape.ts';
import { sandboxMark } from './mark.ts';
import { createStage } from './prompt/stage.ts';
import { readPrompt, type Scene } from './prompt/words.ts';
import { restyle } from './references.ts';
import { paintStillLife } from './still-life/still-life.ts';

/** A picture to make. Sizes in pixels. */
export interface DrawingRequest extends Size {
  prompt: string;
  /** Another number gives another picture of the same prompt. */
  seed: number;
  /** Encoded images; with any, the picture is made from them instead of from nothing. */
  references: Uint8Array[];
  format: 'png' | 'jpeg' | 'webp';
  /** 1 to 100, for jpeg and webp; 85 when absent. */
  quality?: number;
  /** False leaves out the word SANDBOX in the corner. */
  isMarked?: boolean;
}

/** The most pixels computed one by one; a larger picture is enlarged from that many before crisp shapes are laid over. */
const RASTER_AREA = 640_000;
/** Pixels on the long side beyond which everything is drawn smaller and enlarged. */
const LONGEST_DRAWING = 2048;
const LONGEST_EXPOSURE = 640;
const DEFAULT_QUALITY = 85;

/**
 * The picture as an encoded file of exactly the size asked for, the same bytes for the same request.
 * @throws {RangeError} where the size is not of positive whole numbers; {Error} where a reference cannot be decoded.
 */
export async function drawPicture(request: DrawingRequest): Promise<Buffer> {
  const { width, height, prompt, seed, references } = request;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new RangeError(`A picture cannot be ${width} x ${height} pixels.`);
  }
  const scene = readPrompt(prompt);
  const size = shrunk(request, LONGEST_DRAWING / Math.max(width, height));
  const drawn =
    references.length > 0
      ? await restyle(references, createStage(scene, seed, size), await exposureOf(scene, seed, size))
      : await drawAt(scene, seed, size);
  return await encode(await resized(await finish(drawn, scene), request), request);
}

async function drawAt(scene: Scene, seed: number, size: Size): Promise<Raster> {
  const stage = createStage(scene, seed, shrunk(size, Math.sqrt(RASTER_AREA / (size.width * size.height))));
  const isStillLife = stage.scene.setting === 'still-life';
  const { raster, front } = isStillLife ? await paintStillLife(stage) : await paintLandscape(stage);
  const enlarged = toSharp(await resized(raster, size));
  return await fromSharp(enlarged.composite([{ input: svgDocument(stage, front, size) }]));
}

/** What the prompt names out of doors, to be exposed over references; only its large forms are seen. */
async function exposureOf(scene: Scene, seed: number, size: Size): Promise<Raster | undefined> {
  if (scene.setting === undefined || scene.setting === 'still-life') return undefined;
  const small = shrunk(size, LONGEST_EXPOSURE / Math.max(size.width, size.height));
  return await resized(await drawAt(scene, seed, small), size);
}

async function encode(raster: Raster, request: DrawingRequest): Promise<Buffer> {
  const { format, quality = DEFAULT_QUALITY, isMarked = true } = request;
  const mark = isMarked ? sandboxMark(request) : undefined;
  const printed = toSharp(raster)
    .composite(mark === undefined ? [] : [mark])
    .removeAlpha();
  const options = format === 'png' ? { compressionLevel: 3 } : { quality };
  return await printed.toFormat(format, { ...options, ...(format === 'webp' && { effort: 2 }) }).toBuffer();
}
