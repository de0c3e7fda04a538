import { createRandom } from './random.ts';

const SIZE = 512;
const MASK = SIZE - 1;
const OCTAVES = 7;
const GENTLE_OCTAVES = 3;

/** Three seamless squares of noise. Coordinates count squares: (u, v) and (u + 1, v) are the same point. */
export interface Noise {
  /** Soft, cloud-like; about -1 to 1, mean 0. */
  soft(u: number, v: number): number;
  /** As soft, without its fine detail: rolling ground. */
  gentle(u: number, v: number): number;
  /** Sharp-crested, mountain-like; 0 to 1. */
  ridged(u: number, v: number): number;
}

/** A square of Perlin noise with `period` cells on a side. */
function createOctave(period: number, seed: number): Float32Array {
  const random = createRandom(seed);
  const angles = Float32Array.from({ length: period * period }, () => random.next() * Math.PI * 2);
  const dot = (column: number, row: number, x: number, y: number): number => {
    const angle = angles[(row % period) * period + (column % period)]!;
    return Math.cos(angle) * x + Math.sin(angle) * y;
  };
  const ease = (share: number): number => share * share * share * (share * (share * 6 - 15) + 10);
  const square = new Float32Array(SIZE * SIZE);
  for (let index = 0; index < square.length; index += 1) {
    const [across, down] = [((index & MASK) * period) / SIZE, (Math.floor(index / SIZE) * period) / SIZE];
    const [left, top] = [Math.floor(across), Math.floor(down)];
    const [x, y] = [across - left, down - top];
    const upper = dot(left, top, x, y) * (1 - ease(x)) + dot(left + 1, top, x - 1, y) * ease(x);
    const lower =
      dot(left, top + 1, x, y - 1) * (1 - ease(x)) + dot(left + 1, top + 1, x - 1, y - 1) * ease(x);
    square[index] = upper * (1 - ease(y)) + lower * ease(y);
  }
  return square;
}

function createSampler(square: Float32Array): (u: number, v: number) => number {
  return (u, v) => {
    const x = u * SIZE;
    const y = v * SIZE;
    const left = Math.floor(x);
    const top = Math.floor(y);
    const fractionX = x - left;
    const fractionY = y - top;
    const upper = (top & MASK) * SIZE;
    const lower = ((top + 1) & MASK) * SIZE;
    const near = left & MASK;
    const far = (left + 1) & MASK;
    const first = square[upper + near]! * (1 - fractionX) + square[upper + far]! * fractionX;
    const second = square[lower + near]! * (1 - fractionX) + square[lower + far]! * fractionX;
    return first * (1 - fractionY) + second * fractionY;
  };
}

function buildNoise(): Noise {
  const soft = new Float32Array(SIZE * SIZE);
  const gentle = new Float32Array(SIZE * SIZE);
  const ridged = new Float32Array(SIZE * SIZE);
  for (let octave = 0; octave < OCTAVES; octave += 1) {
    const square = createOctave(4 << octave, 9001 + octave);
    for (const [cell, value] of square.entries()) {
      soft[cell]! += value * 0.5 ** octave * 1.15;
      if (octave < GENTLE_OCTAVES) gentle[cell]! += value * 0.3 ** octave * 1.4;
      const crest = 1 - Math.min(1, Math.abs(value) * 2.1);
      // Higher octaves count for more where the ground is already high, which keeps valleys smooth.
      const weight = octave === 0 ? 1 : Math.min(1, ridged[cell]! * 1.6);
      ridged[cell]! += crest * crest * 0.4 ** octave * weight * 0.64;
    }
  }
  return { soft: createSampler(soft), gentle: createSampler(gentle), ridged: createSampler(ridged) };
}

let shared: Noise | undefined;

/** The noise every picture shares, built at first use; pictures differ by where they look in it. */
export function loadNoise(): Noise {
  shared ??= buildNoise();
  return shared;
}
