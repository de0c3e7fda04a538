import { loadNoise } from './base/noise.ts';
import { createRandom, type Random } from './base/random.ts';
import type { Raster, Stage } from './base/stage.ts';
import { paintLandscape } from './landscape/landscape.ts';
import { createPalette, type Palette } from './prompt/palette.ts';
import { paintAbstract } from './poster/abstract.ts';
import { paintPortrait } from './poster/portrait.ts';
import { paintSpace } from './poster/space.ts';
import { paintStillLife } from './studio/still-life.ts';
import type { Feature, Setting } from './prompt/vocabulary.ts';
import type { Scene } from './prompt/words.ts';

/** A scene drawn: its pixels, and SVG elements (in the pixels' units) to lay over them at any scale. */
export interface DrawnScene {
  raster: Raster;
  front: string;
  stage: Stage;
}

/** Draws a scene at the given size in pixels. The same scene, seed and size give the same pixels. */
export async function drawScene(
  scene: Scene,
  seed: number,
  width: number,
  height: number,
): Promise<DrawnScene> {
  const noise = await loadNoise();
  const random = createRandom(scene.hash ^ Math.imul(seed | 0, 0x9e3779b1));
  const resolved = chooseSetting(scene, random);
  const palette = createPalette(resolved, random);
  const horizon = height * horizonOf(resolved, random);
  const scale = Math.sqrt(width * height);
  const sun = placeSun(resolved, palette, random, { width, height, horizon, scale });
  const stage: Stage = { width, height, scale, horizon, sun, scene: resolved, palette, random, noise };
  return { ...(await paint(stage)), stage };
}

function paint(stage: Stage): Promise<{ raster: Raster; front: string }> {
  switch (stage.scene.setting) {
    case 'still-life':
      return paintStillLife(stage);
    case 'portrait':
      return paintPortrait(stage);
    case 'abstract':
      return paintAbstract(stage);
    case 'space':
      return paintSpace(stage);
    default:
      return paintLandscape(stage);
  }
}

/** A prompt without a place gets one that suits what it does name. */
function chooseSetting(scene: Scene, random: Random): Scene {
  if (scene.setting !== undefined) return scene;
  const known = scene.features.size > 0 || scene.weather.size > 0 || scene.time !== undefined;
  const setting = scene.features.has('cat')
    ? random.pick<Setting>(['city', 'field', 'coast'])
    : known
      ? random.pick<Setting>(['mountains', 'coast', 'mountains', 'field'])
      : random.pick<Setting>([
          'mountains',
          'coast',
          'abstract',
          'still-life',
          'desert',
          'abstract',
          'forest',
        ]);
  const features = new Set<Feature>(scene.features);
  if (setting === 'mountains' || setting === 'coast') features.add('water');
  return { ...scene, setting, features };
}

function horizonOf({ setting }: Scene, random: Random): number {
  switch (setting) {
    case 'mountains':
      return random.between(0.58, 0.66);
    case 'city':
      return random.between(0.62, 0.68);
    case 'coast':
      return random.between(0.48, 0.58);
    case 'field':
      return random.between(0.44, 0.54);
    default:
      return random.between(0.5, 0.6);
  }
}

function placeSun(
  { setting, features, styles }: Scene,
  { time }: Palette,
  random: Random,
  { width, height, horizon, scale }: { width: number; height: number; horizon: number; scale: number },
): Stage['sun'] {
  const x = width * (random.chance(0.5) ? random.between(0.2, 0.42) : random.between(0.58, 0.8));
  const radius = scale * 0.042;
  const shown = features.has('sun') || features.has('moon') || styles.has('minimal') || styles.has('neon');
  if (setting === 'city' && time === 'night' && !shown) return { x, y: horizon, radius };
  if (time === 'day' && !shown) return { x, y: -height * 0.22, radius };
  const high = time === 'night' || time === 'day' || setting === 'mountains';
  const lift = features.has('moon')
    ? random.between(0.42, 0.5)
    : high
      ? random.between(0.32, 0.4)
      : random.between(0.06, 0.2);
  return { x, y: Math.max(radius * 2.5, horizon - Math.min(height * 0.6, scale) * lift), radius };
}
