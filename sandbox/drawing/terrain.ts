import { hex, mix, multiply, type Colour } from './colour.ts';
import { smoothstep } from './random.ts';
import type { Setting } from './prompt.ts';
import type { Raster } from './raster.ts';
import type { Stage } from './stage.ts';

/** A land: what stands at a point across (x) and away (z), and what light makes of it there. */
export type Land = ReturnType<typeof createLand>;

/** Nothing is drawn beyond it. All lengths in the land are in heights of the eye above the water. */
const HORIZON_DISTANCE = 90;
const SMALLEST_SPAN = 0.4;

/** What a land is made of. */
interface Ground {
  /** Colour of flat and of steep ground in white light. */
  flat: Colour;
  steep: Colour;
  /** Height of the ground at the eye's feet; below 0 it is under water. */
  floor: number;
  /** Height of rolling hills, and of the peaks that begin at a distance. */
  hills: number;
  peaks: number;
  peaksFrom: number;
  /** Height above which snow lies. */
  snowLine: number;
}

const SNOW: Colour = [236, 241, 248];
const ROCK = { flat: hex('#63605a'), steep: hex('#4d4946'), hills: 0, snowLine: 100 };
const GRASS = { flat: hex('#7c9150'), steep: hex('#56703c') };
const SAND = { flat: hex('#dca56c'), steep: hex('#c08a58') };
const GROUNDS: Readonly<Record<Exclude<Setting, 'still-life'>, Ground>> = {
  coast: { ...ROCK, floor: -0.3, peaks: 5, peaksFrom: 12 },
  mountains: { ...ROCK, floor: -0.5, peaks: 14, peaksFrom: 10, snowLine: 2.3 },
  desert: { ...ROCK, ...SAND, floor: 0.1, hills: 2, peaks: 4, peaksFrom: 26 },
  field: { ...ROCK, ...GRASS, floor: 0.12, hills: 1.4, peaks: 9, peaksFrom: 20 },
};
/** Distance at which haze has taken two thirds, in clear air and in fog. */
const CLEAR = 36;
const FOG = 14;
/** Slope at which flat ground gives way to steep. */
const STEEP = 0.7;

/** The land of the scene's setting. */
export function createLand(stage: Stage) {
  const { setting, features } = stage.scene;
  const own = GROUNDS[setting === undefined || setting === 'still-life' ? 'mountains' : setting];
  const ground = features.has('snow') ? { ...own, snowLine: -1 } : own;
  const clear = features.has('fog') ? FOG : CLEAR;
  return {
    height: createHeight(stage, ground),
    shade: createShading(stage, ground),
    /** The share of a colour that distance takes, 0 to 1. */
    haze(z: number, height: number): number {
      const valley = 0.5 * Math.exp(-Math.max(0, height) * 0.9) * smoothstep(0.2, 1.1, z / clear);
      return Math.min(0.97, 1 - Math.exp(-((z / clear) ** 1.4)) * (1 - valley));
    },
  };
}

function createHeight(stage: Stage, { floor, hills, peaks, peaksFrom }: Ground) {
  const { noise, random } = stage;
  const [u, v] = [random.next(), random.next()];
  const ridges = (x: number, z: number): number =>
    Math.max(0, noise.ridged(u + x / 64, v + z / 64) * 0.86 + noise.soft(v + x / 44, u + z / 44) * 0.3);
  const headland = headlandOf(stage);
  return (x: number, z: number): number => {
    const roll = hills > 0 || z > peaksFrom - 5 ? noise.gentle(v + x / 22, u + z / 22) : 0;
    const rise = smoothstep(peaksFrom, peaksFrom + 26, z + roll * 5);
    let height = floor + hills * smoothstep(1.5, 16, z) * (0.5 + roll * 1.3);
    if (rise > 0) {
      const ridge = ridges(x * 0.7, z * 0.7);
      height += rise * (ridge * Math.sqrt(ridge) * peaks * 1.12 + 0.15 - floor * 0.5);
    }
    if (floor < 0 && z < 10) {
      const off = Math.hypot((x - headland.x) * 0.62, (z - headland.z) * 0.36);
      const rocks = off < 1.3 ? (1 - off) * (0.5 + ridges(x * 3.2, z * 3.2) * 1.1) : -1;
      if (rocks > -1) height = Math.max(height, rocks + noise.soft(v + x / 3.5, u + z / 3.5) * 0.14 - 0.12);
    }
    return height;
  };
}

/** The middle of the rocks at the near shore, away from the sun: across and away. */
export function headlandOf({ sun, width, scale }: Stage): { x: number; z: number } {
  return { x: (sun.x > width / 2 ? -1 : 1) * Math.min(2.4, (width / scale) * 2.1), z: 4.8 };
}

function createShading(stage: Stage, ground: Ground) {
  const { palette, noise, scene, sun } = stage;
  const named = scene.accents.get('land');
  const tint = named ?? scene.ambient[0];
  const [flat, steep] = [ground.flat, ground.steep].map((colour) =>
    tint === undefined ? colour : mix(colour, tint, named ? 0.75 : 0.42),
  ) as [Colour, Colour];
  // Coloured light would hide a colour the prompt gives the land.
  const light = mix(palette.light, [226, 224, 228], named ? 0.6 : 0);
  const side = Math.max(-1, Math.min(1, (sun.x - stage.width / 2) / stage.scale / 0.4));
  const behind = palette.time === 'day' ? -0.25 : 0.3;
  const length = Math.hypot(side, 0.5, behind);
  const rough = ground.hills > 0 ? 0.2 : 0.45;
  const strength = palette.dark ? 0.62 : 1.12;
  /** The colour of a point with the given slopes (dh/dx, dh/dz). */
  return (x: number, z: number, height: number, slopeX: number, slopeZ: number): Colour => {
    const fine = Math.max(0, 1 - z / 26) * rough;
    const grain = fine > 0 ? noise.soft(x * 0.9, z * 0.9) * fine : 0;
    const sx = slopeX + grain * 1.5;
    const sz = slopeZ + (fine > 0 ? noise.soft(x * 0.61 + 0.4, z * 0.61) * fine * 1.5 : 0);
    const facing = (-sx * side + 0.5 - sz * behind) / length / Math.sqrt(1 + sx * sx + sz * sz);
    const lit = Math.min(1.25, Math.max(0, facing) * strength + (palette.dark ? 0.26 : 0.12));
    const slope = Math.hypot(slopeX, slopeZ);
    const steepness = smoothstep(STEEP * 0.6, STEEP * 1.4, slope + grain * 0.4);
    const above = height - ground.snowLine - slope * 0.55;
    const snow = above > -2 ? smoothstep(-0.5, 0.7, above + noise.soft(x / 6, z / 6) * 1.5) : 0;
    const surface = mix(mix(flat, steep, steepness), SNOW, snow);
    return multiply(surface, mix(palette.shade, light, lit * (1 + grain * 0.35)));
  };
}

/** Pixels a length of 1 takes at distance 1. */
export function focalOf(stage: Stage): number {
  return stage.scale * 0.95;
}

/** Where on the stage a point of the land is seen. */
export function project(stage: Stage, x: number, height: number, z: number) {
  const size = focalOf(stage) / z;
  return { x: stage.width / 2 + x * size, y: stage.horizon + (1 - height) * size, size };
}

/**
 * Draws the land over the sky, column by column from near to far, keeping the highest pixel reached: each pixel is
 * shaded once, in the share that a ridge covers, so that silhouettes are smooth.
 * @returns how much of each pixel is water, 0 to 1
 */
export function paintLand(stage: Stage, raster: Raster, land: Land): Float32Array {
  const { width, height, horizon, palette, sun, scale } = stage;
  const focal = focalOf(stage);
  const water = new Float32Array(width * height);
  const nearest = Math.max(0.35, focal / (height - horizon) / 2.2);
  const { data } = raster;
  const sky = data.slice();
  for (let column = 0; column < width; column += 1) {
    const direction = (column + 0.5 - width / 2) / focal;
    const towardsSun = Math.exp(-(((column - sun.x) / scale) ** 2) * 5) * 0.75;
    const haze = mix(palette.haze, palette.glow, towardsSun);
    let reached = height;
    let before = nearest;
    for (let z = nearest; z < HORIZON_DISTANCE && reached > 0; z *= z < 6 ? 1.0055 : 1.0095) {
      const x = direction * z;
      const ground = land.height(x, z);
      const wet = ground <= 0;
      const top = Math.max(0, horizon + ((1 - (wet ? 0 : ground)) * focal) / z);
      if (reached - top < SMALLEST_SPAN) continue;
      const reach = 0.012 + z * 0.004;
      const slopeX = wet ? 0 : (land.height(x + reach, z) - ground) / reach;
      const slopeZ = wet ? 0 : (land.height(x, z + reach) - ground) / reach;
      for (let row = Math.ceil(reached) - 1; row >= Math.floor(top); row -= 1) {
        const weight = Math.min(reached, row + 1) - Math.max(top, row);
        const pixel = row * width + column;
        if (wet) {
          water[pixel]! += weight;
          continue;
        }
        const share = Math.min(1, Math.max(0, (reached - row - 0.5) / (reached - top)));
        const between = before + (z - before) * share;
        const colour = land.shade(direction * between, between, ground, slopeX, slopeZ);
        const seen = mix(colour, haze, land.haze(z, ground));
        for (const channel of [0, 1, 2] as const) {
          // Against the sky as it was: a pixel shared by three spans must not count the first two as sky.
          data[pixel * 3 + channel]! += weight * (seen[channel] - sky[pixel * 3 + channel]!);
        }
      }
      reached = top;
      before = z;
    }
  }
  return water;
}
