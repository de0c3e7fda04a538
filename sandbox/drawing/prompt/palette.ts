import { BLACK, brightness, hex, hexes, lean, mix, type Colour } from '../base/colour.ts';
import type { Random } from '../base/random.ts';
import type { Scene, Time } from './words.ts';

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
type Ten = readonly [Colour, Colour, Colour, Colour, Colour, Colour, Colour, Colour, Colour, Colour];

/** The palette of a scene: its time of day, leant towards the colours it names and dulled by fog and snow. */
export function createPalette(scene: Scene, random: Random): Palette {
  const time = scene.time ?? random.pick<Time>(['dawn', 'day', 'dusk', 'dusk', 'blue-hour']);
  const dark = time === 'night' || time === 'blue-hour';
  const veil = hex(dark ? '#2f3b4c' : '#d8dee3');
  const veiled = scene.features.has('fog') || scene.features.has('snow') ? 0.3 : 0;
  const colours = hexes(random.pick(SWATCHES[time]));
  const [zenith, high, low, horizon, sun, glow, light, shade, haze, water] = colours.map((colour) =>
    mix(leaning(colour, scene.ambient), veil, veiled),
  ) as unknown as Ten;
  const sea = scene.accents.get('water');
  return {
    sky: [zenith, high, low, horizon],
    sun,
    glow,
    light,
    shade,
    haze,
    water: sea === undefined ? water : mix(water, mix(BLACK, sea, dark ? 0.3 : 0.7), 0.7),
    time,
    dark,
  };
}

function leaning(colour: Colour, [first, second = first]: readonly Colour[]): Colour {
  if (first === undefined || second === undefined) return colour;
  // Bright parts take the second colour where two are named, so that both are seen.
  const level = brightness(colour);
  return lean(colour, level > 0.7 ? second : first, level > 0.88 ? 0.35 : 0.72);
}
