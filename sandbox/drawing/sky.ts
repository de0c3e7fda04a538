import { mix, ramp } from './colour.ts';
import { smoothstep } from './random.ts';
import { resized, shrunk, type Raster, type Size } from './raster.ts';
import type { Stage } from './stage.ts';

const DRAWN_AREA = 90_000;

/** The sky with its light and clouds, over the whole stage (what lies below the horizon is haze). */
export async function paintSky(stage: Stage): Promise<Raster> {
  const small = shrunk(stage, Math.sqrt(DRAWN_AREA / (stage.width * stage.height)));
  return await resized(paintSmall(stage, small), stage);
}

function paintSmall(stage: Stage, { width, height }: Size): Raster {
  const { palette, noise, sun, random, scene } = stage;
  const isNight = palette.time === 'night';
  /** How much of the sky the clouds take, 0 to 1. */
  const cover = isNight ? 0.12 : scene.features.has('clouds') ? 0.62 : random.between(0.22, 0.45);
  const base = ramp([palette.zenith, palette.high, palette.low, palette.horizon, palette.haze]);
  const [offsetU, offsetV] = [random.next(), random.next()];
  const stretch = random.between(0.8, 1.5);
  const cloudLit = mix(mix(palette.horizon, palette.light, 0.5), palette.sun, palette.dark ? 0.05 : 0.35);
  const cloudShade = mix(palette.high, palette.shade, palette.dark ? 0.35 : 0.28);
  const glowing = isNight && !scene.features.has('moon') ? 0.4 : 1;
  const pixels = new Uint8ClampedArray(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    const y = ((row + 0.5) / height) * stage.height;
    const fall = Math.min(1, y / (stage.horizon * 1.02));
    const step = Math.round((fall ** 1.15 * 0.8 + (y > stage.horizon ? 0.2 : 0)) * 255);
    const elevation = Math.max(0, stage.horizon - y) / stage.scale + 0.07;
    const far = smoothstep(0.07, 0.2, elevation);
    for (let column = 0; column < width; column += 1) {
      const x = ((column + 0.5) / width) * stage.width;
      const across = (x - sun.x) / stage.scale;
      const down = (y - sun.y) / stage.scale;
      const distance = Math.hypot(across, down * 1.15);
      const light = 0.62 * Math.exp(-distance * 4.2) + 0.5 * Math.exp(-distance * distance * 110);
      const halo = Math.min(0.85, glowing * light * 0.85);
      const u = (((x - stage.width / 2) / stage.scale / elevation) * 0.055) / stretch + offsetU;
      const v = (0.05 / elevation) * stretch + offsetV;
      const warp = noise.soft(u * 0.7 + 0.3, v * 0.7) * 0.06;
      const body = noise.soft(u + warp, v + warp) + 0.55 * noise.soft(u * 2.3 - warp, v * 2.3);
      const thick = smoothstep(0.62 - cover * 1.05, 1.05 - cover * 0.7, body + 0.22);
      const density = thick * (0.25 + 0.75 * far) * 0.92;
      const toSun = 0.02 / (distance + 0.25);
      const relief = body - noise.soft(u + warp - across * toSun, v + warp - 0.012) * 1.55;
      const level = 0.52 + relief * 0.55 - density * 0.3 + Math.exp(-distance * 3.5) * 0.6;
      const lit = Math.min(1, Math.max(0, level));
      const seen = mix(base[step]!, mix(cloudShade, cloudLit, lit), density);
      pixels.set(mix(seen, palette.glow, halo), (row * width + column) * 3);
    }
  }
  return { data: pixels, width, height };
}
