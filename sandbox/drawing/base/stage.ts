import type { Palette } from '../prompt/palette.ts';
import type { Scene } from '../prompt/words.ts';
import type { Noise } from './noise.ts';
import type { Random } from './random.ts';
import type { Size } from './raster.ts';

/** All a painter needs to know. Lengths are pixels of the stage; SVG layers use them as their user units. */
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

/** A coordinate, short enough to keep documents of thousands of points small. */
export function at(value: number): string {
  return value.toFixed(1);
}

/** 0 below `low`, 1 above `high`, smooth in between. */
export function smoothstep(low: number, high: number, value: number): number {
  const position = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return position * position * (3 - 2 * position);
}
