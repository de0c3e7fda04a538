import sharp, { type OverlayOptions, type Region } from 'sharp';
import { brightness, mix, ramp, type Colour } from './base/colour.ts';
import { fromSharp, svgDocument, toSharp, type Raster } from './base/raster.ts';
import type { Stage } from './prompt/stage.ts';
import { glow } from './landscape/heavens.ts';

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
async function arrange([first, ...others]: readonly Uint8Array[], stage: Stage): Promise<Raster> {
  const { width, height } = stage;
  const prints = others.slice(0, MOST_PRINTS);
  const gap = Math.round(Math.min(width, height) * 0.045);
  const widest = Math.min(Math.min(width, height) * 0.36, (width - gap) / prints.length - gap);
  const side = Math.max(1, Math.round(widest));
  const top = Math.max(0, height - side - gap);
  const frames = prints.map((_, index) => {
    return { left: Math.max(0, width - (index + 1) * (side + gap)), top, width: side, height: side };
  });
  const margin = Math.max(1, Math.round(stage.scale * 0.009));
  const papers = frames.map(({ left }) => {
    const sheet = (grow: number, look: string): string =>
      `<rect x="${left - grow}" y="${top - grow}" width="${side + grow * 2}" height="${side + grow * 2}" ${look}/>`;
    return sheet(margin * 1.8, 'opacity="0.25"') + sheet(margin, `fill="${PAPER}"`);
  });
  const layers = await Promise.all([
    decode(first!, { left: 0, top: 0, width, height }),
    { input: svgDocument(stage, papers.join('')) },
    ...prints.map((print, index) => decode(print, frames[index]!)),
  ]);
  const paper = { width, height, channels: 3, background: PAPER } as const;
  return await fromSharp(sharp({ create: paper }).composite(layers));
}

/** A reference as a layer that fills a frame. */
async function decode(reference: Uint8Array, { left, top, width, height }: Region): Promise<OverlayOptions> {
  const { data, info } = await sharp(reference, { failOn: 'error' })
    .autoOrient()
    .resize(width, height, { fit: 'cover', kernel: 'cubic' })
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { input: data, raw: { width, height, channels: info.channels }, left, top };
}

function tone(data: Uint8ClampedArray, stage: Stage, exposure: Uint8ClampedArray | undefined): void {
  const tones = ramp(tonesOf(stage), 256);
  for (let index = 0; index < data.length; index += 3) {
    let level = brightness([data[index]!, data[index + 1]!, data[index + 2]!]);
    level += (level * level * (3 - 2 * level) - level) * CONTRAST;
    const step = Math.round(level * 255) * 3;
    for (let channel = 0; channel < 3; channel += 1) {
      const own = data[index + channel]!;
      let value = own + (tones[step + channel]! - own) * TONING;
      // Shadows carry the second exposure, as on film.
      if (exposure !== undefined) value += (exposure[index + channel]! - value) * EXPOSURE * (1 - level);
      data[index + channel] = value;
    }
  }
}

/** Colours from black to white: those the prompt names, or else the palette's. */
function tonesOf({ scene, palette }: Stage): Colour[] {
  const named = [...scene.ambient, ...scene.accents.values()];
  const [first, last = first] = named;
  const dark = mix(first ?? palette.shade, [8, 8, 14], first ? 0.72 : palette.dark ? 0.55 : 0.4);
  const middle = first ?? mix(palette.dark ? palette.water : palette.sky[1], palette.haze, 0.4);
  const bright = last
    ? mix(last, [255, 250, 238], named.length > 1 ? 0.45 : 0.72)
    : mix(palette.sky[3], palette.sun, palette.dark ? 0.15 : 0.55);
  return [dark, mix(dark, middle, 0.62), middle, mix(middle, bright, 0.62), bright];
}
