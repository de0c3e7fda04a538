import sharp from 'sharp';
import { hex, mix, ramp, type Colour } from '../base/colour.ts';
import { createPace } from '../base/pace.ts';
import { smoothstep, svgDocument, type Raster, type Stage } from '../base/stage.ts';
import { paintStars } from '../landscape/heavens.ts';

const DRAWN_AREA = 110_000;

interface Planet {
  x: number;
  y: number;
  radius: number;
  colour: Colour;
  ring: boolean;
}

/** A planet, or two, before a nebula. */
export async function paintSpace(stage: Stage): Promise<{ raster: Raster; front: string }> {
  const { random, width, height, scale, scene, palette } = stage;
  const nebula = await paintNebula(stage);
  const bytes = await sharp(nebula.data, { raw: { width: nebula.width, height: nebula.height, channels: 3 } })
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .composite([{ input: svgDocument(stage, paintStars(stage, 1.2)) }])
    .removeAlpha()
    .raw()
    .toBuffer();
  const raster: Raster = {
    data: new Uint8ClampedArray(bytes.buffer, bytes.byteOffset, bytes.length),
    width,
    height,
  };
  const colour = scene.accents.get('planet') ?? scene.ambient[0] ?? palette.accent;
  const side = random.chance(0.5) ? 1 : -1;
  const ring = random.chance(0.6);
  const radius = Math.min(scale * random.between(0.2, 0.27), Math.min(width, height) * 0.38);
  await paintPlanet(stage, raster, {
    x: width / 2 + side * Math.min(width * 0.12, radius * 0.6),
    y: height * random.between(0.46, 0.58),
    radius,
    colour,
    ring,
  });
  const small = {
    x: width / 2 - side * width * 0.3,
    y: height * random.between(0.18, 0.3),
    radius: radius * 0.16,
    ring: false,
  };
  await paintPlanet(stage, raster, { ...small, colour: mix(colour, hex('#cfc6b8'), 0.7) });
  return { raster, front: '' };
}

async function paintNebula(stage: Stage): Promise<Raster> {
  const { noise, random, palette, scene } = stage;
  const shrink = Math.min(1, Math.sqrt(DRAWN_AREA / (stage.width * stage.height)));
  const width = Math.max(8, Math.round(stage.width * shrink));
  const height = Math.max(8, Math.round(stage.height * shrink));
  const pace = createPace();
  const tint =
    scene.ambient[0] ?? random.pick<Colour>([hex('#7a3f9c'), hex('#2f6d9c'), hex('#a3485c'), hex('#2c7f78')]);
  const dark = mix(palette.sky[0], hex('#03040a'), 0.6);
  const table = ramp(
    [
      dark,
      mix(dark, tint, 0.34),
      mix(tint, hex('#10102a'), 0.25),
      mix(tint, hex('#ffb98a'), 0.5),
      hex('#ffe6c8'),
    ],
    256,
  );
  const [u, v] = [random.next(), random.next()];
  const slope = random.between(-0.8, 0.8);
  const data = new Uint8ClampedArray(width * height * 3);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const x = (column / width - 0.5) * (stage.width / stage.scale);
      const y = (row / height - 0.5) * (stage.height / stage.scale);
      const warpX = noise.soft(u + x * 0.16, v + y * 0.16) * 0.34;
      const warpY = noise.soft(v + x * 0.16, u + y * 0.16) * 0.34;
      const cloud = noise.soft(u + (x + warpX) * 0.3, v + (y + warpY) * 0.3);
      const wisp = noise.ridged(v + (x + warpY) * 0.22, u + (y - warpX) * 0.22);
      const band = Math.exp(-(((y - x * slope) * 2.1 + warpX) ** 2));
      const value = smoothstep(0.02, 1.15, 0.1 + band * (0.34 + cloud * 0.52) + wisp * 0.24 * (band + 0.15));
      const index = (row * width + column) * 3;
      const step = Math.round(value * 255) * 3;
      data[index] = table[step]!;
      data[index + 1] = table[step + 1]!;
      data[index + 2] = table[step + 2]!;
    }
    await pace();
  }
  return { data, width, height };
}

async function paintPlanet(stage: Stage, raster: Raster, planet: Planet): Promise<void> {
  const { noise, random, palette } = stage;
  const { width, height, data } = raster;
  const pace = createPace();
  const bands = ramp(
    [
      mix(planet.colour, hex('#fff1dc'), 0.6),
      planet.colour,
      mix(planet.colour, hex('#2b1d2e'), 0.5),
      mix(planet.colour, hex('#f2d9b8'), 0.35),
    ],
    128,
  );
  const air = mix(planet.colour, hex('#bfe0ff'), 0.6);
  const [u, v] = [random.next(), random.next()];
  const tilt = random.between(-0.45, 0.45);
  const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
  const light = palette.sun;
  const reach = planet.radius * (planet.ring ? 2.35 : 1.35);
  for (
    let row = Math.max(0, Math.floor(planet.y - reach));
    row < Math.min(height, planet.y + reach);
    row += 1
  ) {
    for (
      let column = Math.max(0, Math.floor(planet.x - reach));
      column < Math.min(width, planet.x + reach);
      column += 1
    ) {
      const px = (column + 0.5 - planet.x) / planet.radius;
      const py = (row + 0.5 - planet.y) / planet.radius;
      const x = px * cos + py * sin;
      const y = -px * sin + py * cos;
      const off = Math.hypot(px, py);
      const index = (row * width + column) * 3;
      const blend = (red: number, green: number, blue: number, alpha: number): void => {
        data[index]! += (red - data[index]!) * alpha;
        data[index + 1]! += (green - data[index + 1]!) * alpha;
        data[index + 2]! += (blue - data[index + 2]!) * alpha;
      };
      const ringed = planet.ring ? ringAt(noise, x, y / 0.24, v) : 0;
      const hazed =
        Math.max(0, 1 - (off - 1) / 0.3) ** 3 * 0.38 * smoothstep(-0.9, 0.7, -px * 0.7 - py * 0.6);
      if (off > 1 && off < 1.3) blend(air[0], air[1], air[2], hazed);
      if (ringed > 0 && y < 0) blend(light[0], light[1] * 0.93, light[2] * 0.84, ringed);
      const edge = Math.min(1, (1 - off) * planet.radius + 0.5);
      if (edge > 0) {
        const z = Math.sqrt(Math.max(0, 1 - off * off));
        const facing = smoothstep(-0.12, 1, -px * 0.62 - py * 0.42 + z * 0.62);
        const swirl =
          noise.soft(u + x * 0.12, v + y * 0.42) * 0.2 + noise.soft(v + x * 0.5, u + y * 1.3) * 0.07;
        const step = Math.round((0.5 + 0.5 * Math.sin((y + swirl) * 7.5 + u * 6)) * 127) * 3;
        const shadow = planet.ring && y > 0.02 ? 1 - 0.5 * ringAt(noise, x, (y - 0.16) / 0.24, v) : 1;
        const level = (0.035 + facing * 1.05) * shadow;
        const rim = (1 - z) ** 2.6 * facing * 0.75;
        blend(
          bands[step]! * level + air[0] * rim,
          bands[step + 1]! * level + air[1] * rim,
          bands[step + 2]! * level + air[2] * rim,
          edge,
        );
      }
      if (ringed > 0 && y >= 0) blend(light[0], light[1] * 0.93, light[2] * 0.84, ringed);
    }
    await pace();
  }
}

function ringAt(noise: Stage['noise'], x: number, y: number, seed: number): number {
  const off = Math.hypot(x, y);
  if (off < 1.35 || off > 2.3) return 0;
  const gap = 1 - smoothstep(0.035, 0.015, Math.abs(off - 1.93));
  const grooves = 0.55 + noise.soft(seed + off * 0.9, seed) * 0.75;
  return (
    Math.max(0, Math.min(0.85, grooves)) * gap * smoothstep(1.35, 1.45, off) * smoothstep(2.3, 2.2, off) * 0.8
  );
}
