import { colourAt, mix } from './colour.ts';
import { smoothstep } from './random.ts';
import type { Raster } from './raster.ts';
import type { Stage } from './stage.ts';
import { focalOf } from './terrain.ts';

/**
 * Fills the water with what stands above its shore, broken by waves that grow towards the eye, and lays the light of the
 * sun or moon on it. `water` is how much of each pixel is water, 0 to 1.
 */
export function paintWater(stage: Stage, { data }: Raster, water: Float32Array): void {
  const { width, height, horizon, palette, noise, sun, scale, scene, random } = stage;
  const focal = focalOf(stage);
  const still = scene.setting !== 'coast';
  const chop = still ? 0.42 : 1;
  const [u, v] = [random.next(), random.next()];
  const deep = mix(palette.water, palette.high, palette.dark ? 0.1 : 0.25);
  const shine =
    palette.time === 'night' && !scene.features.has('moon') ? 0.4 : palette.time === 'day' ? 0.55 : 0.85;
  const shore = new Float32Array(width).fill(horizon);
  for (let row = Math.max(0, Math.floor(horizon)); row < height; row += 1) {
    const below = row + 0.5 - horizon;
    if (below <= 0.2) continue;
    const z = focal / below;
    const depth = below / (height - horizon);
    const calm = smoothstep(70, 6, z);
    const fresnel = 0.12 + 0.62 * depth ** 0.8 * (still ? 0.75 : 1);
    const spread = scale * (0.045 + 0.16 * depth);
    for (let column = 0; column < width; column += 1) {
      const pixel = row * width + column;
      const share = water[pixel]!;
      if (share < 0.5) shore[column] = row + 1;
      if (share <= 0) continue;
      const x = ((column - width / 2) * z) / focal;
      const swell = noise.soft(u + x * 0.028, v + z * 0.085);
      const ripple = noise.soft(v + x * 0.15, u + z * 0.42) * calm;
      const fine = noise.soft(u + x * 0.42, v + z * 1.3) * calm * calm;
      const slope = (swell * 0.7 + ripple * 0.9 + fine * 0.5) * chop;
      const sway = Math.abs(slope) * scale * (0.02 + 0.09 * depth) + slope * scale * 0.03 * depth;
      const shift = (ripple + fine) * chop * scale * (0.006 + 0.03 * depth);
      const sourceColumn = Math.min(width - 1, Math.max(0, Math.round(column + shift)));
      const sourceRow = Math.round(Math.max(0, 2 * shore[sourceColumn]! - row - 1 - sway));
      const source = sourceRow * width + sourceColumn;
      const body = Math.min(0.94, Math.max(0, fresnel + slope * 0.55));
      const side = (column - sun.x) / spread;
      const glint =
        smoothstep(-0.05, 0.85, ripple * 0.8 + fine * chop + swell * 0.25 + 0.22 * (1 - depth)) *
        Math.exp(-side * side * 0.5) *
        shine;
      const mirrored = mix(colourAt(data, source), deep, body);
      data.set(mix(colourAt(data, pixel), mix(mirrored, palette.sun, glint), share), pixel * 3);
    }
  }
}
