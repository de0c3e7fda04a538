import { createPace } from './pace.ts';
import { createRandom } from './random.ts';

const SIZE = 512;
const MASK = SIZE - 1;
const FIRST_PERIOD = 4;
const OCTAVES = 7;
const CREST_FALLOFF = 0.4;
const GENTLE_OCTAVES = 3;
const GENTLE_FALLOFF = 0.3;

/** Three seamless squares of noise. Coordinates count squares: (u, v) and (u + 1, v) are the same point. */
export interface Noise {
  /** Soft, cloud-like; about -1 to 1, mean 0. */
  soft(u: number, v: number): number;
  /** As soft, without its fine detail: rolling ground. */
  gentle(u: number, v: number): number;
  /** Sharp-crested, mountain-like; 0 to 1. */
  ridged(u: number, v: number): number;
}

function perlinOctave(target: Float32Array, period: number, amplitude: number, seed: number): void {
  const random = createRandom(seed);
  const gradients = new Float32Array(period * period * 2);
  for (let index = 0; index < period * period; index += 1) {
    const angle = random.next() * Math.PI * 2;
    gradients[index * 2] = Math.cos(angle);
    gradients[index * 2 + 1] = Math.sin(angle);
  }
  const dot = (column: number, row: number, x: number, y: number): number => {
    const index = ((row % period) * period + (column % period)) * 2;
    return gradients[index]! * x + gradients[index + 1]! * y;
  };
  const cells = period / SIZE;
  for (let row = 0; row < SIZE; row += 1) {
    const top = Math.floor(row * cells);
    const y = row * cells - top;
    const easeY = y * y * y * (y * (y * 6 - 15) + 10);
    for (let column = 0; column < SIZE; column += 1) {
      const left = Math.floor(column * cells);
      const x = column * cells - left;
      const easeX = x * x * x * (x * (x * 6 - 15) + 10);
      const upper = dot(left, top, x, y) * (1 - easeX) + dot(left + 1, top, x - 1, y) * easeX;
      const lower = dot(left, top + 1, x, y - 1) * (1 - easeX) + dot(left + 1, top + 1, x - 1, y - 1) * easeX;
      target[row * SIZE + column]! += amplitude * (upper * (1 - easeY) + lower * easeY);
    }
  }
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

async function buildNoise(): Promise<Noise> {
  const pace = createPace();
  const soft = new Float32Array(SIZE * SIZE);
  const gentle = new Float32Array(SIZE * SIZE);
  const ridged = new Float32Array(SIZE * SIZE);
  const octave = new Float32Array(SIZE * SIZE);
  for (let index = 0; index < OCTAVES; index += 1) {
    octave.fill(0);
    perlinOctave(octave, FIRST_PERIOD << index, 1, 9001 + index);
    const amplitude = 0.5 ** index;
    for (let cell = 0; cell < octave.length; cell += 1) {
      const value = octave[cell]!;
      soft[cell]! += value * amplitude * 1.15;
      if (index < GENTLE_OCTAVES) gentle[cell]! += value * GENTLE_FALLOFF ** index * 1.4;
      const crest = 1 - Math.min(1, Math.abs(value) * 2.1);
      // Higher octaves count for more where the ground is already high, which keeps valleys smooth.
      const weight = index === 0 ? 1 : Math.min(1, ridged[cell]! * 1.6);
      ridged[cell]! += crest * crest * CREST_FALLOFF ** index * weight * 0.64;
    }
    await pace();
  }
  return { soft: createSampler(soft), gentle: createSampler(gentle), ridged: createSampler(ridged) };
}

let shared: Promise<Noise> | undefined;

/** The noise every picture shares, built at first use; pictures differ by where they look in it. */
export function loadNoise(): Promise<Noise> {
  shared ??= buildNoise();
  return shared;
}
