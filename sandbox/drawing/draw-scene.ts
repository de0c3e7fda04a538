import { loadNoise } from './base/noise.ts';
import { createRandom, type Random } from './base/random.ts';
import type { Raster, Size } from './base/raster.ts';
import type { Stage } from './base/stage.ts';
import { paintLandscape } from './landscape/landscape.ts';
import { createPalette } from './prompt/palette.ts';
import type { Scene, Setting } from './prompt/words.ts';
import { paintStillLife } from './still-life/still-life.ts';

/** A scene drawn: its pixels, and SVG elements (in the pixels' units) to lay over them at any scale. */
export interface DrawnScene {
  raster: Raster;
  front: string;
}

/** Draws a scene at the stage's size. The same stage gives the same pixels. */
export async function drawScene(stage: Stage): Promise<DrawnScene> {
  return stage.scene.setting === 'still-life' ? paintStillLife(stage) : await paintLandscape(stage);
}

/** What a picture of the scene is painted with, at a size in pixels; all that is left to chance follows from the seed. */
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
  // By day it stands above the picture.
  const unseen = palette.time === 'day' && !resolved.features.has('sun');
  const y = unseen ? -height * 0.22 : Math.max(radius * 2.5, horizon - lift);
  const sun = { x, y, radius };
  return { width, height, scale, horizon, sun, scene: resolved, palette, random, noise: loadNoise() };
}

/** A prompt without a place gets one that suits what it does name. */
function chooseSetting(scene: Scene, random: Random): Scene {
  const isOutdoors = scene.features.size > 0 || scene.time !== undefined;
  const guess = isOutdoors
    ? random.pick<Setting>(['mountains', 'coast', 'field'])
    : random.pick<Setting>(['mountains', 'coast', 'still-life', 'desert', 'field']);
  return { ...scene, setting: scene.setting ?? guess };
}
