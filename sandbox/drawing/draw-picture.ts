import type { FormatEnum } from 'sharp';
import { paintLandscape } from './landscape.ts';
import { sandboxMark } from './mark.ts';
import { readPrompt, type Scene } from './prompt.ts';
import { fromSharp, resized, shrunk, svgDocument, toSharp, type Raster, type Size } from './raster.ts';
import { restyle } from './restyle.ts';
import { createStage } from './stage.ts';
import { paintStillLife } from './still-life.ts';

/** A picture to make. Sizes in pixels. */
export interface DrawingRequest extends Size {
  prompt: string;
  /** Another number gives another picture of the same prompt. */
  seed: number;
  /** Encoded images; with any, the picture is made from them instead of from nothing. */
  references: Uint8Array[];
  format: keyof FormatEnum;
  /** 0 to 100, for jpeg and webp; 85 when absent. */
  quality?: number;
  /** False leaves out the word SANDBOX in the corner. */
  isMarked?: boolean;
}

/** The most pixels computed one by one; a larger picture is enlarged from that many before crisp shapes are laid over. */
const RASTER_AREA = 640_000;
/** Pixels on the long side beyond which everything is drawn smaller and enlarged. */
const LONGEST_DRAWING = 2048;
const LONGEST_EXPOSURE = 640;
const BLOOM_SHRINK = 8;
const VIGNETTE =
  '<radialGradient id="lens" cx="0.5" cy="0.48" r="0.78"><stop offset="0.5" stop-color="#05060a" stop-opacity="0"/>' +
  '<stop offset="1" stop-color="#05060a" stop-opacity="0.28"/></radialGradient>' +
  '<rect width="100%" height="100%" fill="url(#lens)"/>';

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
      : await drawScene(scene, seed, size);
  return await encode(await resized(await finish(drawn, scene), request), request);
}

async function drawScene(scene: Scene, seed: number, size: Size): Promise<Raster> {
  const stage = createStage(scene, seed, shrunk(size, Math.sqrt(RASTER_AREA / (size.width * size.height))));
  const isStillLife = stage.scene.setting === 'still-life';
  const { raster, front } = await (isStillLife ? paintStillLife(stage) : paintLandscape(stage));
  const enlarged = toSharp(await resized(raster, size));
  return await fromSharp(enlarged.composite([{ input: svgDocument(stage, front, size) }]));
}

/** What the prompt names out of doors, to be exposed over references; only its large forms are seen. */
async function exposureOf(scene: Scene, seed: number, size: Size): Promise<Raster | undefined> {
  if (scene.setting === undefined || scene.setting === 'still-life') return undefined;
  const small = shrunk(size, LONGEST_EXPOSURE / Math.max(size.width, size.height));
  return await resized(await drawScene(scene, seed, small), size);
}

/** Gives a drawn picture a lens: light that spills around bright parts, and darker corners. */
async function finish(raster: Raster, { blackAndWhite }: Scene): Promise<Raster> {
  const picture = toSharp(
    blackAndWhite ? await fromSharp(toSharp(raster).modulate({ saturation: 0 }).linear(1.16, -14)) : raster,
  );
  const small = shrunk(raster, 1 / BLOOM_SHRINK);
  const bright = picture
    .clone()
    .resize(small.width, small.height, { fit: 'fill' })
    .blur(Math.max(1, Math.sqrt(raster.width * raster.height) / BLOOM_SHRINK / 26))
    .linear(0.6, -84);
  const bloom = toSharp(await resized(await fromSharp(bright), raster));
  const layers = [
    { input: await bloom.png({ compressionLevel: 0 }).toBuffer(), blend: 'screen' as const },
    { input: svgDocument(raster, VIGNETTE) },
  ];
  return await fromSharp(picture.composite(layers));
}

async function encode(raster: Raster, request: DrawingRequest): Promise<Buffer> {
  const { format, quality = 85, isMarked = true } = request;
  const mark = isMarked ? sandboxMark(request) : undefined;
  const printed = toSharp(raster).composite(mark === undefined ? [] : [mark]);
  const options = format === 'png' ? { compressionLevel: 3 } : { quality: Math.max(1, quality) };
  return await printed
    .removeAlpha()
    .toFormat(format, { ...options, ...(format === 'webp' && { effort: 2 }) })
    .toBuffer();
}
