import { mix, ramp } from '../base/colour.ts';
import { loadNoise } from '../base/noise.ts';
import { createPace } from '../base/pace.ts';
import { createRandom } from '../base/random.ts';
import { fromSharp, GREY, layer, resized, smoothed, toSharp } from '../base/raster.ts';
import { svgDocument, type Raster, type Stage } from '../base/stage.ts';
import { arrangeReferences } from './collage.ts';
import { drawScene } from '../draw-scene.ts';
import { glow } from '../scenery/landmarks.ts';
import { paintWeather } from '../landscape/weather.ts';
import { createPalette, type Palette } from '../prompt/palette.ts';
import type { Scene } from '../prompt/words.ts';

const EXPOSURE_SIDE = 640;
const SIMPLE_SIDE = 640;

/** How a picture is changed; each share is 0 to 1. */
interface Look {
  /** How far colours give way to the palette's. */
  toning: number;
  /** How far the drawn scene of the prompt is exposed over the picture. */
  exposure: number;
  contrast: number;
  /** Steps of brightness, 0 for none. */
  steps: number;
  outlines: boolean;
  /** Light of the palette's sun falling in. */
  leak: number;
}

/**
 * Pictures made anew in the light a prompt describes: the first fills the frame, others join it as prints. They stay
 * recognisable. Throws when a reference is not an image that can be decoded.
 */
export async function restyle(
  references: readonly Uint8Array[],
  scene: Scene,
  seed: number,
  width: number,
  height: number,
): Promise<{ raster: Raster; stage: Stage }> {
  const random = createRandom(scene.hash ^ Math.imul(seed | 0, 0x9e3779b1));
  const palette = createPalette(scene, random);
  const look = chooseLook(scene, random.next());
  const scale = Math.sqrt(width * height);
  const horizon = height * 0.6;
  const sun = {
    x: width * random.pick([0.08, 0.92, 0.75, 0.25]),
    y: height * random.between(0.02, 0.2),
    radius: scale * 0.05,
  };
  const stage: Stage = {
    width,
    height,
    scale,
    horizon,
    sun,
    scene,
    palette,
    random,
    noise: await loadNoise(),
  };
  let raster = await arrangeReferences(references, stage);
  const exposure = look.exposure > 0 ? await exposureOf(scene, seed, width, height) : undefined;
  if (look.steps > 0) raster = await simplified(raster);
  raster = await toned(raster, stage, look, exposure);
  const layers = [];
  if (look.outlines) layers.push(layer(await outlines(raster), 'multiply'));
  if (look.leak > 0) {
    const light = glow('leak', sun.x, sun.y, scale * 0.85, mix(palette.glow, palette.sun, 0.3), look.leak);
    layers.push({ input: svgDocument(stage, light) });
  }
  const weather = paintWeather(stage);
  if (weather !== '') layers.push({ input: svgDocument(stage, weather) });
  return { raster: layers.length > 0 ? await fromSharp(toSharp(raster).composite(layers)) : raster, stage };
}

function chooseLook(scene: Scene, choice: number): Look {
  const painted = scene.styles.has('watercolour') || scene.styles.has('sketch');
  const told = scene.setting !== undefined && scene.setting !== 'portrait' && scene.setting !== 'still-life';
  const exposure = told && !painted ? 0.6 : 0;
  const base: Look = { toning: 0.62, exposure, contrast: 0.35, steps: 0, outlines: false, leak: 0.5 };
  if (scene.styles.has('minimal')) return { ...base, toning: 0.85, steps: 5, leak: 0 };
  if (scene.styles.has('neon')) return { ...base, toning: 0.9, contrast: 0.7, leak: 0.35 };
  if (painted || scene.styles.size > 0) return { ...base, toning: 0.42, leak: 0.3 };
  if (exposure > 0) return base;
  if (choice < 0.3) return { ...base, toning: 0.95, contrast: 0.6, leak: 0 };
  if (choice < 0.55) return { ...base, toning: 0.8, steps: 6, outlines: true, leak: 0 };
  return { ...base, toning: 0.55, contrast: 0.55, leak: 0.7 };
}

async function exposureOf(scene: Scene, seed: number, width: number, height: number): Promise<Raster> {
  const shrink = Math.min(1, EXPOSURE_SIDE / Math.max(width, height));
  const small = await drawScene(
    scene,
    seed,
    Math.max(16, Math.round(width * shrink)),
    Math.max(16, Math.round(height * shrink)),
  );
  const drawn = await fromSharp(
    toSharp(small.raster).composite([{ input: svgDocument(small.stage, small.front) }]),
  );
  return resized(drawn, width, height);
}

/** Moves the colours of each pixel towards the palette's at the same brightness, and lays the exposure over it. */
async function toned(
  raster: Raster,
  { palette, scene }: Stage,
  look: Look,
  exposure: Raster | undefined,
): Promise<Raster> {
  const tones = tonesOf(scene, palette);
  const { data, width, height } = raster;
  const over = exposure?.data;
  const pace = createPace();
  for (let row = 0; row < height; row += 1) {
    for (let index = row * width * 3; index < (row + 1) * width * 3; index += 3) {
      const [red, green, blue] = [data[index]!, data[index + 1]!, data[index + 2]!];
      let level = (red * 0.299 + green * 0.587 + blue * 0.114) / 255;
      level += (level * level * (3 - 2 * level) - level) * look.contrast;
      if (look.steps > 0) {
        const position = level * look.steps;
        const whole = Math.floor(position);
        level = (whole + Math.min(1, Math.max(0, (position - whole - 0.4) / 0.2))) / look.steps;
      }
      const step = Math.min(255, Math.max(0, Math.round(level * 255))) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        const own = data[index + channel]!;
        let value = own + (tones[step + channel]! - own) * look.toning;
        if (over !== undefined) {
          const second = over[index + channel]!;
          // Screen in the darker half, plain mixing in the lighter: shadows carry the second exposure.
          const screened = 255 - ((255 - value * 0.9) * (255 - second * 0.85)) / 255;
          value += (screened * (1 - level) + ((value + second) / 2) * level - value) * look.exposure;
        }
        data[index + channel] = value;
      }
    }
    await pace();
  }
  return raster;
}

/** Colours from black to white: those the prompt names, or else the palette's. */
function tonesOf({ ambient, land, accents }: Scene, palette: Palette): Float32Array {
  const named = [...ambient, ...(land === undefined ? [] : [land]), ...accents.values()];
  const first = named[0];
  const last = named[1] ?? first;
  const dark = mix(
    first ?? palette.shade,
    [8, 8, 14],
    first !== undefined ? 0.72 : palette.dark ? 0.55 : 0.4,
  );
  const middle =
    first ??
    (palette.dark ? mix(palette.water, palette.sky[2], 0.45) : mix(palette.sky[1], palette.haze, 0.4));
  const bright =
    last === undefined
      ? mix(palette.sky[3], palette.sun, palette.dark ? 0.15 : 0.55)
      : mix(last, [255, 250, 238], named.length > 1 ? 0.45 : 0.72);
  return ramp([dark, mix(dark, middle, 0.62), middle, mix(middle, bright, 0.62), bright], 256);
}

/** Forms without their detail, so that steps of brightness make whole shapes. */
async function simplified(raster: Raster): Promise<Raster> {
  const { width, height } = raster;
  const shrink = Math.min(1, SIMPLE_SIDE / Math.max(width, height));
  const fitted = await resized(
    raster,
    Math.max(1, Math.round(width * shrink)),
    Math.max(1, Math.round(height * shrink)),
  );
  const small = await fromSharp(smoothed(fitted, 5).blur(1));
  return resized(small, width, height);
}

/** Dark lines along the edges of forms, on white. */
function outlines(raster: Raster): Promise<Raster> {
  const kernel = [-1, -1, -1, -1, 8, -1, -1, -1, -1];
  return fromSharp(
    toSharp(raster)
      .recomb(GREY)
      .blur(Math.max(0.6, Math.sqrt(raster.width * raster.height) / 900))
      .convolve({ width: 3, height: 3, kernel, scale: 1, offset: 0 })
      .linear(-4, 255),
  );
}
