import type { Raster } from '../base/raster.ts';
import type { Stage } from '../prompt/stage.ts';

/** The eye's height above the water, the unit of all lengths in the land. */
export const EYE_HEIGHT = 1;
/** Nothing is drawn beyond it. */
export const HORIZON_DISTANCE = 90;
const STEP_GROWTH = 1.0095;
const SMALLEST_SPAN = 0.4;

/** A land: its height at a point across (x) and away (z), and what light makes of it there. */
export interface Land {
  height(x: number, z: number): number;
  /** Writes red, green and blue (0 to 255) of a point with the given slopes (dh/dx, dh/dz) into `target`. */
  shade(target: Float32Array, x: number, z: number, height: number, slopeX: number, slopeZ: number): void;
  /** The share of a colour that distance takes, 0 to 1. */
  haze(z: number, height: number): number;
}

/** What the renderer saw. */
export interface Relief {
  /** How much of each pixel is water, 0 to 1. */
  water: Float32Array;
  /** How far away each pixel is; `HORIZON_DISTANCE` for the sky. */
  distance: Float32Array;
  /** The picture before there was land in it. */
  sky: Uint8ClampedArray;
}

/** Pixels a length of 1 takes at distance 1. */
export function focalOf(stage: Pick<Stage, 'scale'>): number {
  return stage.scale * 0.95;
}

/** Where on the stage a point of the land is seen. */
export function project(stage: Stage, x: number, height: number, z: number) {
  const size = focalOf(stage) / z;
  return { x: stage.width / 2 + x * size, y: stage.horizon + (EYE_HEIGHT - height) * size, size };
}

/**
 * Draws the land over the sky, column by column from near to far, keeping the highest pixel reached: each pixel is
 * shaded once, and the share of a pixel that a ridge covers is stored, so that silhouettes are smooth.
 */
export function paintRelief(stage: Stage, raster: Raster, land: Land): Relief {
  const { width, height, horizon, palette, sun, scale } = stage;
  const focal = focalOf(stage);
  const water = new Float32Array(width * height);
  const distance = new Float32Array(width * height).fill(HORIZON_DISTANCE);
  const colour = new Float32Array(3);
  const nearest = Math.max(0.35, (EYE_HEIGHT * focal) / (height - horizon) / 2.2);
  const { data } = raster;
  const sky = data.slice();
  for (let column = 0; column < width; column += 1) {
    const direction = (column + 0.5 - width / 2) / focal;
    const towardsSun = Math.exp(-(((column - sun.x) / scale) ** 2) * 5) * 0.75;
    const hazeRed = palette.haze[0] + (palette.glow[0] - palette.haze[0]) * towardsSun;
    const hazeGreen = palette.haze[1] + (palette.glow[1] - palette.haze[1]) * towardsSun;
    const hazeBlue = palette.haze[2] + (palette.glow[2] - palette.haze[2]) * towardsSun;
    let reached = height;
    let before = nearest;
    for (let z = nearest; z < HORIZON_DISTANCE && reached > 0; z *= z < 6 ? 1.0055 : STEP_GROWTH) {
      const x = direction * z;
      const ground = land.height(x, z);
      const wet = ground <= 0;
      const top = Math.max(0, horizon + ((EYE_HEIGHT - (wet ? 0 : ground)) * focal) / z);
      if (reached - top < SMALLEST_SPAN) continue;
      const reach = 0.012 + z * 0.004;
      const slopeX = wet ? 0 : (land.height(x + reach, z) - ground) / reach;
      const slopeZ = wet ? 0 : (land.height(x, z + reach) - ground) / reach;
      for (let row = Math.ceil(reached) - 1; row >= Math.floor(top); row -= 1) {
        const weight = Math.min(reached, row + 1) - Math.max(top, row);
        const pixel = row * width + column;
        if (weight > 0.3) distance[pixel] = z;
        if (wet) {
          water[pixel]! += weight;
          continue;
        }
        const share = Math.min(1, Math.max(0, (reached - row - 0.5) / (reached - top)));
        const between = before + (z - before) * share;
        land.shade(colour, direction * between, between, ground, slopeX, slopeZ);
        const faded = land.haze(z, ground);
        const index = pixel * 3;
        // Against the sky as it was: a pixel shared by three spans must not count the first two as sky.
        data[index]! += weight * (colour[0]! + (hazeRed - colour[0]!) * faded - sky[index]!);
        data[index + 1]! += weight * (colour[1]! + (hazeGreen - colour[1]!) * faded - sky[index + 1]!);
        data[index + 2]! += weight * (colour[2]! + (hazeBlue - colour[2]!) * faded - sky[index + 2]!);
      }
      reached = top;
      before = z;
    }
  }
  return { water, distance, sky };
}
