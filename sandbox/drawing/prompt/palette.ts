import { colourOf, hex, lean, mix, scaleTone, toneOf, type Colour } from '../base/colour.ts';
import type { Random } from '../base/random.ts';
import type { Time } from './vocabulary.ts';
import type { Scene } from './words.ts';

/** The colours of one picture's light. */
export interface Palette {
  /** From straight above to the horizon. */
  sky: readonly [Colour, Colour, Colour, Colour];
  /** The disc of the sun or the moon, and the light around it. */
  sun: Colour;
  glow: Colour;
  /** What light and shade make of a white surface. */
  light: Colour;
  shade: Colour;
  /** What distance fades into. */
  haze: Colour;
  /** Deep water. */
  water: Colour;
  /** For the one thing that may stand out. */
  accent: Colour;
  /** Lit windows. */
  lamp: Colour;
  time: Time;
  dark: boolean;
}

/** Sky (four), sun, glow, light, shade, haze, water. */
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
const NEON = '#0b0620 #2b0d52 #8a1f8c #ff5fa2 #ffe27a #ff5c9d #6fe9ff #120729 #6b2a8f #1c0a48';
const ACCENTS = ['#d24a3a', '#e58a2e', '#e6bd4a', '#2f8f83', '#3b6fb5', '#c75b7a', '#f0e6d2'].map(hex) as [
  Colour,
  ...Colour[],
];

type Ten = readonly [
  ...[zenith: Colour, high: Colour, low: Colour, horizon: Colour, sun: Colour],
  ...[glow: Colour, light: Colour, shade: Colour, haze: Colour, water: Colour],
];

/** The palette of a scene: its time of day, leant towards the colours it names and dulled by its weather. */
export function createPalette(scene: Scene, random: Random): Palette {
  const guess = random.pick<Time>(['dawn', 'day', 'dusk', 'dusk', 'blue-hour']);
  const nightly = scene.features.has('stars') || scene.features.has('moon') || scene.setting === 'space';
  const neon = scene.styles.has('neon');
  const time = neon ? 'night' : (scene.time ?? (nightly ? 'night' : guess));
  const swatches = random.pick(SWATCHES[time]);
  const turn = random.between(-0.09, 0.09);
  const accent = random.pick(ACCENTS);
  const colours = (neon ? NEON : swatches).split(' ').map((code) => {
    const tone = toneOf(hex(code));
    return weathered(leaning(colourOf({ ...tone, hue: tone.hue + turn }), scene.ambient), scene, time);
  });
  const [zenith, high, low, horizon, sun, glow, light, shade, haze, water] = colours as unknown as Ten;
  const sea = scene.accents.get('water');
  const dark = time === 'night' || time === 'blue-hour';
  return {
    sky: [zenith, high, low, horizon],
    sun,
    glow,
    light,
    shade,
    haze,
    water: sea === undefined ? water : mix(water, dark ? scaleTone(sea, 0.5) : scaleTone(sea, 0.9), 0.7),
    accent: scene.ambient[1] ?? accent,
    lamp: neon ? hex('#6ff0ff') : hex('#ffd27d'),
    time,
    dark,
  };
}

function leaning(colour: Colour, ambient: readonly Colour[]): Colour {
  const first = ambient[0];
  if (first === undefined) return colour;
  // Bright parts take the second colour where two are named, so that both are seen.
  const second = ambient[1] ?? first;
  const brightness = toneOf(colour).lightness;
  return lean(colour, brightness > 0.78 ? second : first, brightness > 0.9 ? 0.35 : 0.72);
}

function weathered(colour: Colour, scene: Scene, time: Time): Colour {
  const dull = scene.styles.has('neon') ? 1 : 0.55;
  const night = time === 'night';
  if (scene.weather.has('storm')) return scaleTone(mix(colour, hex('#39434d'), 0.35), 0.86, dull);
  if (scene.weather.has('rain'))
    return scaleTone(mix(colour, hex(night ? '#1b2632' : '#76828c'), 0.35), 0.92, dull + 0.2);
  if (scene.weather.has('snow'))
    return scaleTone(mix(colour, hex(night ? '#3c4a60' : '#e3e8ee'), 0.28), 1, dull + 0.2);
  if (scene.weather.has('fog')) return mix(colour, hex(night ? '#2a3644' : '#cfd3d4'), 0.34);
  return scene.styles.has('pastel') ? mix(colour, hex('#fbeee6'), 0.38) : colour;
}
