import sharp from 'sharp';
import { brightness, colourAt, mix, ramp, type Colour } from './colour.ts';
import { smoothstep } from './random.ts';
import { fromSharp, svgDocument, toSharp, type Raster, type Size } from './raster.ts';
import { glow, type Stage } from './stage.ts';

/** Further prints are not shown: they would be too small to distinguish. */
const MOST_PRINTS = 4;
const PAPER = '#f4efe6';
/** How far colours give way to the palette's, and middle tones to dark and light, 0 to 1. */
const TONING = 0.62;
const CONTRAST = 0.4;
/** How far the drawn scene is exposed over the shadows. */
const EXPOSURE = 0.55;

/**
 * Redraws references in the light that the prompt describes: the first fills the picture, others lie on it as prints, and
 * the scene of the prompt, where there is one, is exposed over them. They remain recognisable.
 * @throws {Error} where a reference is not an image that can be decoded.
 */
export async function restyle(
  references: readonly Uint8Array[],
  stage: Stage,
  exposure: Raster | undefined,
): Promise<Raster> {
  const raster = await arrange(references, stage);
  tone(raster.data, stage, exposure?.data);
  const light = { x: stage.sun.x, y: stage.height * 0.1, radius: stage.scale * 0.85 };
  const leak = svgDocument(stage, glow('leak', light, stage.palette.glow, 0.5));
  return await fromSharp(toSharp(raster).composite([{ input: leak }]));
}

/** The first over the whole picture, the others in a row along its lower edge, from the right. */
async function arrange([first, ...others]: readonly Uint8Array[], { width, height }: Size): Promise<Raster> {
  const prints = others.slice(0, MOST_PRINTS);
  const short = Math.min(width, height);
  const gap = Math.round(short * 0.045);
  const side = Math.max(1, Math.round(Math.min(short * 0.36, (width - gap) / prints.length - gap)));
  const layers = prints.map(async (print, index) => ({
    input: await decode(print, { width: side, height: side }, Math.floor(side * 0.03)),
    left: Math.max(0, width - (index + 1) * (side + gap)),
    top: Math.max(0, height - side - gap),
  }));
  const ground = await decode(first!, { width, height }, 0);
  return await fromSharp(sharp(ground).composite(await Promise.all(layers)));
}

/** A reference that fills a size, within a margin of paper. */
async function decode(reference: Uint8Array, { width, height }: Size, margin: number): Promise<Buffer> {
  return await sharp(reference, { failOn: 'error' })
    .autoOrient()
    .resize(width - margin * 2, height - margin * 2, { fit: 'cover', kernel: 'cubic' })
    .flatten({ background: PAPER })
    .extend({ top: margin, bottom: margin, left: margin, right: margin, background: PAPER })
    .toColourspace('srgb')
    .png({ compressionLevel: 0 })
    .toBuffer();
}

function tone(data: Uint8ClampedArray, stage: Stage, exposure: Uint8ClampedArray | undefined): void {
  const tones = ramp(tonesOf(stage));
  for (let pixel = 0; pixel < data.length / 3; pixel += 1) {
    const own = colourAt(data, pixel);
    let level = brightness(own);
    level += (smoothstep(0, 1, level) - level) * CONTRAST;
    const toned = mix(own, tones[Math.round(level * 255)]!, TONING);
    // Shadows carry the second exposure, as on film.
    const seen = exposure ? mix(toned, colourAt(exposure, pixel), EXPOSURE * (1 - level)) : toned;
    data.set(seen, pixel * 3);
  }
}

/** Colours from black to white: those the prompt names, or else the palette's. */
function tonesOf({ scene, palette }: Stage): Colour[] {
  const named = [...scene.ambient, ...scene.accents.values()];
  const [first, last = first] = named;
  const dark = mix(first ?? palette.shade, [8, 8, 14], first ? 0.72 : palette.dark ? 0.55 : 0.4);
  const middle = first ?? mix(palette.dark ? palette.water : palette.high, palette.haze, 0.4);
  const bright = last
    ? mix(last, [255, 250, 238], named.length > 1 ? 0.45 : 0.72)
    : mix(palette.horizon, palette.sun, palette.dark ? 0.15 : 0.55);
  return [dark, mix(dark, middle, 0.62), middle, mix(middle, bright, 0.62), bright];
}
