import { BLACK, brightness, hex, hexes, lean, mix, paint, type Colour } from './colour.ts';
import type { Scene, Setting, Time } from './prompt.ts';
import { createRandom, loadNoise, type Random } from './random.ts';
import { at, type Raster, type Size } from './raster.ts';

/**
 * The colours of one picture's light: the sky from straight above to the horizon; the disc of the sun or the moon, and
 * the light around it; what light and shade make of a white surface; what distance fades into; deep water.
 */
const PARTS = [
  ...(['zenith', 'high', 'low', 'horizon'] as const),
  ...(['sun', 'glow', 'light', 'shade', 'haze', 'water'] as const),
];
type Palette = Record<(typeof PARTS)[number], Colour> & { time: Time; dark: boolean };

const SWATCHES: Record<Time, readonly [string, ...string[]]> = {
  dawn: [
    '#5f7fae #b7a6bd #efbfa6 #fbe0bd #fff3d9 #ffd9a8 #ffd8ae #575a7d #eccab9 #3f5b78',
    '#86a5b8 #c9c3bd #f2d5b0 #fdeccb #fffaf0 #ffe6b8 #ffe3ba #55627a #e6d6c4 #46667a',
    '#7c7fb4 #d0a3bb #f4b8a8 #fbd8c0 #fff1e0 #ffc9a4 #ffcdb0 #4f4a73 #e8bdb6 #474f7c',
  ],
  day: [
    '#2566a8 #5f9ccb #a6cbe0 #e2ecec #fffdf4 #fff3d6 #fff2d8 #51708f #cfdfe8 #1f5a7e',
    '#3b7fa6 #7db5c8 #bcd9d8 #eef0e2 #fffdf2 #fff2cf #fff0cf #4c6d7d #d6e2dd #24687a',
  ],
  dusk: [
    '#27305f #7a5590 #de7c69 #ffc486 #fff0c9 #ffb066 #ffb983 #33284a #cf8677 #2c2f5c',
    '#24466b #71839f #e0a283 #ffd79f #fff4d4 #ffc27c #ffc893 #2f3450 #cf9f8c #294565',
    '#5a2f5e #b4526a #f08a54 #ffce80 #fff2c6 #ffa550 #ffb46c #3a203f #d47d5d #4b2a55',
  ],
  'blue-hour': [
    '#1b3762 #46699a #8d9cb8 #dcc2b4 #fff1de #f5d3b6 #cdc9d6 #1d2c4b #97a1b8 #1f3d66',
    '#122a4e #2f5684 #6f91b0 #b9c6cf #f6efe2 #d9d5cc #b4c3d8 #14243f #7e97b2 #15355a',
  ],
  night: [
    '#050b1c #0c1c3c #1a365c #3c5f80 #f6f0da #8fb0d0 #9db4d4 #0a1426 #2c4a68 #0a1c38',
    '#0b0a20 #1a1740 #322c63 #5d5486 #f7ecd6 #b09fd0 #aca6d4 #100d26 #423c6e #141234',
    '#04121a #0a2a35 #17474f #3d736f #f4f2dc #94c4b8 #9cc4be #07181d #2a5558 #08252e',
  ],
};

/** The palette of a scene: its time of day, leant towards the colours it names and dulled by fog and snow. */
function createPalette(scene: Scene, random: Random): Palette {
  const time = scene.time ?? random.pick<Time>(['dawn', 'day', 'dusk', 'dusk', 'blue-hour']);
  const dark = time === 'night' || time === 'blue-hour';
  const veil = hex(dark ? '#2f3b4c' : '#d8dee3');
  const veiled = scene.features.has('fog') || scene.features.has('snow') ? 0.3 : 0;
  const colours = hexes(random.pick(SWATCHES[time])).map((colour, index) => [
    PARTS[index],
    mix(leaning(colour, scene.ambient), veil, veiled),
  ]);
  const palette: Palette = { ...Object.fromEntries(colours), time, dark };
  const sea = scene.accents.get('water');
  if (sea !== undefined) palette.water = mix(palette.water, mix(BLACK, sea, dark ? 0.3 : 0.7), 0.7);
  return palette;
}

function leaning(colour: Colour, [first, second = first]: readonly Colour[]): Colour {
  if (first === undefined || second === undefined) return colour;
  // Bright parts take the second colour where two are named, so that both are seen.
  const level = brightness(colour);
  return lean(colour, level > 0.7 ? second : first, level > 0.88 ? 0.35 : 0.72);
}

/** What every painter works with. Lengths are pixels of the stage; SVG layers use them as their user units. */
export type Stage = ReturnType<typeof createStage>;

/** A scene drawn: its pixels, and SVG elements (in the pixels' units) to lay over them at any scale. */
export interface DrawnScene {
  raster: Raster;
  front: string;
}

/** The stage of a scene at a size in pixels; every random choice follows from the seed. */
export function createStage(scene: Scene, seed: number, { width, height }: Size) {
  const random = createRandom(scene.hash ^ Math.imul(seed | 0, 0x9e3779b1));
  // A prompt without a setting gets one that suits its other words.
  const isOutdoors = scene.features.size > 0 || scene.time !== undefined;
  const further: Setting[] = isOutdoors ? [] : ['still-life', 'desert'];
  const guess = random.pick<Setting>(['mountains', 'coast', 'field', ...further]);
  const resolved = { ...scene, setting: scene.setting ?? guess };
  const palette = createPalette(resolved, random);
  const mountains = resolved.setting === 'mountains';
  /** From the top to where the land meets the sky. */
  const horizon = height * (mountains ? random.between(0.58, 0.66) : random.between(0.48, 0.58));
  /** Sizes follow it, so that wide and tall pictures have equal detail. */
  const scale = Math.sqrt(width * height);
  const radius = scale * 0.042;
  const x = width * (random.next() < 0.5 ? random.between(0.2, 0.42) : random.between(0.58, 0.8));
  const high = palette.time === 'night' || palette.time === 'day' || mountains;
  const lift =
    Math.min(height * 0.6, scale) * (high ? random.between(0.32, 0.42) : random.between(0.06, 0.2));
  // By day the sun is above the picture.
  const unseen = palette.time === 'day' && !resolved.features.has('sun');
  const y = unseen ? -height * 0.22 : Math.max(radius * 2.5, horizon - lift);
  const sun = { x, y, radius };
  return { width, height, scale, horizon, sun, scene: resolved, palette, random, noise: loadNoise() };
}

/** A round, soft light as SVG. */
export function glow(id: string, { x, y, radius }: Stage['sun'], colour: Colour, strength: number): string {
  const stops = [strength, strength * 0.3, 0].map(
    (opacity, index) =>
      `<stop offset="${[0, 0.35, 1][index]}" stop-color="${paint(colour)}" stop-opacity="${opacity.toFixed(2)}"/>`,
  );
  return (
    `<radialGradient id="${id}">${stops.join('')}</radialGradient>` +
    `<circle cx="${at(x)}" cy="${at(y)}" r="${at(radius)}" fill="url(#${id})"/>`
  );
}
