import sharp from 'sharp';
import { mix, ramp } from '../base/colour.ts';
import { createPace } from '../base/pace.ts';
import { smoothstep, type Raster, type Stage } from '../base/stage.ts';

const DRAWN_AREA = 90_000;
const RAMP_STEPS = 256;

/** How much of the sky the clouds take, 0 to 1. */
export function cloudCover(stage: Stage): number {
  const { scene, random } = stage;
  if (scene.styles.has('minimal')) return 0;
  if (scene.weather.has('storm') || scene.weather.has('rain')) return 0.85;
  if (scene.features.has('stars') || scene.features.has('aurora')) return 0.12;
  if (scene.features.has('clouds')) return 0.62;
  if (scene.weather.has('fog')) return 0.2;
  return random.between(0.22, 0.5);
}

/** The sky with its light and clouds, over the whole stage (what lies below the horizon is haze). */
export async function paintSky(stage: Stage): Promise<Raster> {
  const shrink = Math.min(1, Math.sqrt(DRAWN_AREA / (stage.width * stage.height)));
  const width = Math.max(8, Math.round(stage.width * shrink));
  const height = Math.max(8, Math.round(stage.height * shrink));
  const drawn = await paintSmall(stage, width, height);
  const data = await sharp(drawn, { raw: { width, height, channels: 3 } })
    .resize(stage.width, stage.height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  return {
    data: new Uint8ClampedArray(data.buffer, data.byteOffset, data.length),
    width: stage.width,
    height: stage.height,
  };
}

async function paintSmall(stage: Stage, width: number, height: number): Promise<Uint8ClampedArray> {
  const { palette, noise, sun, random, scene } = stage;
  const pace = createPace();
  const cover = cloudCover(stage);
  const base = ramp([...palette.sky, palette.haze], RAMP_STEPS);
  const offsetU = random.next();
  const offsetV = random.next();
  const stretch = random.between(0.8, 1.5);
  const cloudLit = mix(mix(palette.sky[3], palette.light, 0.5), palette.sun, palette.dark ? 0.05 : 0.35);
  const cloudShade = mix(
    palette.sky[1],
    palette.shade,
    palette.dark ? 0.35 : scene.weather.has('storm') ? 0.6 : 0.28,
  );
  const glowing = palette.time === 'night' && !scene.features.has('moon') ? 0.4 : 1;
  const pixels = new Uint8ClampedArray(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    const y = ((row + 0.5) / height) * stage.height;
    const fall = Math.min(1, y / (stage.horizon * 1.02));
    const step =
      Math.round(fall ** 1.15 * 0.8 * (RAMP_STEPS - 1) + (y > stage.horizon ? 0.2 * (RAMP_STEPS - 1) : 0)) *
      3;
    const elevation = Math.max(0, stage.horizon - y) / stage.scale + 0.07;
    const far = smoothstep(0.07, 0.2, elevation);
    for (let column = 0; column < width; column += 1) {
      const x = ((column + 0.5) / width) * stage.width;
      const across = (x - sun.x) / stage.scale;
      const down = (y - sun.y) / stage.scale;
      const distance = Math.hypot(across, down * 1.15);
      const halo = glowing * (0.62 * Math.exp(-distance * 4.2) + 0.5 * Math.exp(-distance * distance * 110));
      let red = base[step]!;
      let green = base[step + 1]!;
      let blue = base[step + 2]!;
      if (cover > 0) {
        const u = (((x - stage.width / 2) / stage.scale / elevation) * 0.055) / stretch + offsetU;
        const v = (0.05 / elevation) * stretch + offsetV;
        const warp = noise.soft(u * 0.7 + 0.3, v * 0.7) * 0.06;
        const body = noise.soft(u + warp, v + warp) + 0.55 * noise.soft(u * 2.3 - warp, v * 2.3);
        const density =
          smoothstep(0.62 - cover * 1.05, 1.05 - cover * 0.7, body + 0.22) * (0.25 + 0.75 * far) * 0.92;
        if (density > 0.003) {
          const toSun = 0.02 / (distance + 0.25);
          const relief = body - noise.soft(u + warp - across * toSun, v + warp - 0.012) * 1.55;
          const lit = Math.min(
            1,
            Math.max(0, 0.52 + relief * 0.55 - density * 0.3 + Math.exp(-distance * 3.5) * 0.6),
          );
          red += (cloudShade[0] + (cloudLit[0] - cloudShade[0]) * lit - red) * density;
          green += (cloudShade[1] + (cloudLit[1] - cloudShade[1]) * lit - green) * density;
          blue += (cloudShade[2] + (cloudLit[2] - cloudShade[2]) * lit - blue) * density;
        }
      }
      const index = (row * width + column) * 3;
      const shine = Math.min(1, halo);
      pixels[index] = red + (palette.glow[0] - red) * shine * 0.85;
      pixels[index + 1] = green + (palette.glow[1] - green) * shine * 0.85;
      pixels[index + 2] = blue + (palette.glow[2] - blue) * shine * 0.85;
    }
    await pace();
  }
  return pixels;
}
