import { edgePrint } from './film/edge-print.ts';
import { fromSharp, resized, toSharp } from './base/raster.ts';
import { svgDocument, type Raster, type Stage } from './base/stage.ts';
import { drawScene } from './draw-scene.ts';
import { finish } from './film/finish.ts';
import { restyle } from './references/restyle.ts';
import { readPrompt } from './prompt/words.ts';

/** A picture to make. Sizes in pixels. */
export interface DrawingRequest {
  prompt: string;
  /** Another number gives another picture of the same prompt. */
  seed: number;
  width: number;
  height: number;
  /** Encoded images; with any, the picture is made from them instead of from nothing. */
  references: Uint8Array[];
  format: 'png' | 'jpeg' | 'webp';
  /** 1 to 100, for jpeg and webp; 85 when absent. */
  quality?: number;
  /** Printed in the corner; `SANDBOX` when absent. */
  watermark?: string;
}

/** The most pixels computed one by one; a larger picture is enlarged from that many before crisp shapes are laid over. */
const RASTER_AREA = 740_000;
/** Pixels on the long side beyond which everything is drawn smaller and enlarged. */
const LONGEST_DRAWING = 2048;
const DEFAULT_QUALITY = 85;

/**
 * The picture as an encoded file of exactly the size asked for, the same bytes for the same request. Throws when the
 * size is not of positive whole numbers, or a reference cannot be decoded.
 */
export async function drawPicture(request: DrawingRequest): Promise<Buffer> {
  const { width, height } = request;
  if (!Number.isInteger(width) || !Number.isInteger(height) || width < 1 || height < 1) {
    throw new RangeError(`A picture cannot be ${width} x ${height} pixels.`);
  }
  const size = shrunk({ width, height }, LONGEST_DRAWING / Math.max(width, height));
  const drawn =
    request.references.length > 0 ? await fromReferences(request, size) : await fromText(request, size);
  const finished = await finish(drawn.raster, drawn.stage);
  return encode(finished, request);
}

interface Size {
  width: number;
  height: number;
}

async function fromText(
  { prompt, seed }: DrawingRequest,
  size: Size,
): Promise<{ raster: Raster; stage: Stage }> {
  const small = shrunk(size, Math.sqrt(RASTER_AREA / (size.width * size.height)));
  const { raster, front, stage } = await drawScene(readPrompt(prompt), seed, small.width, small.height);
  const enlarged = small.width === size.width ? raster : await resized(raster, size.width, size.height);
  if (front === '') return { raster: enlarged, stage };
  const overlay = svgDocument(stage, front, size);
  return { raster: await fromSharp(toSharp(enlarged).composite([{ input: overlay }])), stage };
}

function fromReferences(
  { prompt, seed, references }: DrawingRequest,
  size: Size,
): Promise<{ raster: Raster; stage: Stage }> {
  return restyle(references, readPrompt(prompt), seed, size.width, size.height);
}

async function encode(raster: Raster, request: DrawingRequest): Promise<Buffer> {
  const { width, height, format, quality = DEFAULT_QUALITY, watermark = 'SANDBOX' } = request;
  const whole =
    raster.width === width && raster.height === height ? raster : await resized(raster, width, height);
  const mark = edgePrint(watermark, width, height);
  const printed = toSharp(whole)
    .composite(mark === undefined ? [] : [mark])
    .removeAlpha();
  switch (format) {
    case 'png':
      return printed.png({ compressionLevel: 3 }).toBuffer();
    case 'jpeg':
      return printed.jpeg({ quality }).toBuffer();
    case 'webp':
      return printed.webp({ quality, effort: 2 }).toBuffer();
  }
}

function shrunk({ width, height }: Size, factor: number): Size {
  if (factor >= 1) return { width, height };
  return { width: Math.max(1, Math.round(width * factor)), height: Math.max(1, Math.round(height * factor)) };
}
