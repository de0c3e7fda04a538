/** Numbers that are the same for the same seed on every machine: the mulberry32 generator. */
export function createRandom(seed: number) {
  let state = seed >>> 0;
  /** A number in [0, 1). */
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return {
    next,
    between: (low: number, high: number) => low + (high - low) * next(),
    pick: <Item>(items: readonly [Item, ...Item[]]): Item =>
      items[Math.floor(next() * items.length)] ?? items[0],
  };
}

export type Random = ReturnType<typeof createRandom>;

/** 0 below `low`, 1 above `high`, smooth in between. */
export function smoothstep(low: number, high: number, value: number): number {
  const position = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return position * position * (3 - 2 * position);
}

const SIZE = 512;
const OCTAVES = 7;
const GENTLE_OCTAVES = 3;

/** Three seamless squares of noise. Coordinates count squares: (u, v) and (u + 1, v) are the same point. */
type Noise = ReturnType<typeof buildNoise>;

/** Reads a seamless square with `size` cells on a side, with smooth transitions or straight ones between them. */
function createSampler(square: Float32Array, size: number, isSmooth: boolean) {
  const ease = (share: number): number => (isSmooth ? smoothstep(0, 1, share) : share);
  return (u: number, v: number): number => {
    const [x, y] = [u * size, v * size];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const along = (row: number): number => {
      const start = (row & (size - 1)) * size;
      const first = square[start + (left & (size - 1))]!;
      return first + (square[start + ((left + 1) & (size - 1))]! - first) * ease(x - left);
    };
    const upper = along(top);
    return upper + (along(top + 1) - upper) * ease(y - top);
  };
}

function buildNoise() {
  const soft = new Float32Array(SIZE * SIZE);
  const gentle = new Float32Array(SIZE * SIZE);
  const ridged = new Float32Array(SIZE * SIZE);
  for (let octave = 0; octave < OCTAVES; octave += 1) {
    const period = 8 << octave;
    const random = createRandom(9001 + octave);
    const lattice = Float32Array.from({ length: period * period }, () => random.next() - 0.5);
    const sample = createSampler(lattice, period, true);
    for (let cell = 0; cell < SIZE * SIZE; cell += 1) {
      const value = sample((cell % SIZE) / SIZE, Math.floor(cell / SIZE) / SIZE);
      soft[cell]! += value * 0.5 ** octave * 1.15;
      if (octave < GENTLE_OCTAVES) gentle[cell]! += value * 0.3 ** octave * 1.4;
      const crest = 1 - Math.min(1, Math.abs(value) * 2.1);
      // Higher octaves count for more where the ground is already high, which keeps valleys smooth.
      const weight = octave === 0 ? 1 : Math.min(1, ridged[cell]! * 1.6);
      ridged[cell]! += crest * crest * 0.4 ** octave * weight * 0.64;
    }
  }
  return {
    /** Cloud-like; about -1 to 1, mean 0. */
    soft: createSampler(soft, SIZE, false),
    /** As soft, without its fine detail: rolling ground. */
    gentle: createSampler(gentle, SIZE, false),
    /** Sharp-crested, mountain-like; 0 to 1. */
    ridged: createSampler(ridged, SIZE, false),
  };
}

let shared: Noise | undefined;

/** The noise every picture shares, built at first use; pictures differ by where they look in it. */
export function loadNoise(): Noise {
  return (shared ??= buildNoise());
}
