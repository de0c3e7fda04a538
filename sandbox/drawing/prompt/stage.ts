import { loadNoise, type Noise } from '../base/noise.ts';
import { createRandom, type Random } from '../base/random.ts';
import type { Raster, Size } from '../base/raster.ts';
import { createPalette, type Palette } from './palette.ts';
import type { Scene, Setting } from './words.ts';

/** What every painter works with. Lengths are pixels of the stage; SVG layers use them as their user units. */
export interface Stage extends Size {
  /** The square root of the area: sizes follow it, so that wide and tall pictures have equal detail. */
  scale: number;
  /** From the top to where the land meets the sky. */
  horizon: number;
  sun: { x: number; y: number; radius: number };
  scene: Scene;
  palette: Palette;
  random: Random;
  noise: Noise;
}

/** A scene drawn: its pixels, and SVG elements (in the pixels' units) to lay over them at any scale. */
export interface DrawnScene {
  raster: Raster;
  front: string;
}

/** The stage of a scene at a size in pixels; every random choice follows from the seed. */
export function createStage(scene: Scene, seed: number, { width, height }: Size): Stage {
  const random = createRandom(scene.hash ^ Math.imul(seed | 0, 0x9e3779b1));
  const resolved = chooseSetting(scene, random);
  const palette = createPalette(resolved, random);
  const mountains = resolved.setting === 'mountains';
  const horizon = height * (mountains ? random.between(0.58, 0.66) : random.between(0.48, 0.58));
  const scale = Math.sqrt(width * height);
  const radius = scale * 0.042;
  const x = width * (random.chance(0.5) ? random.between(0.2, 0.42) : random.between(0.58, 0.8));
  const high = palette.time === 'night' || palette.time === 'day' || mountains;
  const lift =
    Math.min(height * 0.6, scale) * (high ? random.between(0.32, 0.42) : random.between(0.06, 0.2));
  // By day the sun is above the picture.
  const unseen = palette.time === 'day' && !resolved.features.has('sun');
  const y = unseen ? -height * 0.22 : Math.max(radius * 2.5, horizon - lift);
  const sun = { x, y, radius };
  return { width, height, scale, horizon, sun, scene: resolved, palette, random, noise: loadNoise() };
}

/** A prompt without a setting gets one that suits its other words. */
function chooseSetting(scene: Scene, random: Random): Scene {
  const isOutdoors = scene.features.size > 0 || scene.time !== undefined;
  const guess = isOutdoors
    ? random.pick<Setting>(['mountains', 'coast', 'field'])
    : random.pick<Setting>(['mountains', 'coast', 'still-life', 'desert', 'field']);
  return { ...scene, setting: scene.setting ?? guess };
}
