import sharp from 'sharp';
import { BLACK, hexes, mix, paint, type Colour } from './colour.ts';
import type { Vessel } from './prompt.ts';
import { at, fromSharp, svgDocument } from './raster.ts';
import type { DrawnScene, Stage } from './stage.ts';
import { paintBody, shadowOf, type Body, type Profile } from './body.ts';

const GLAZES = hexes('#e9e1d0 #2f55a4 #8fb8a0 #a63a2a #d3a04a #b8644a #3d5a5c #c9b7a4');
const FRUITS = hexes('#c8452f #d9902f #b9b23f #e0b13e #a3303a');
const WALLS = hexes('#bfb7a8 #a9b3bb #c7b5a3 #9aa398 #cbb0a2 #8d97a3');
const TABLES = hexes('#8a6a4e #d8d0c4 #6b5a4c #b79b7c');
/** Two by three panes of a window, each a little less than 1 wide and high. */
const PANES = 'M0 0h.94v.94H0zM1 0h.94v.94H1zM0 1h.94v.94H0zM1 1h.94v.94H1zM0 2h.94v.94H0zM1 2h.94v.94H1z';
const FRUITS_IN_A_BOWL = 7;
const HEIGHTS: Readonly<Record<Vessel, number>> = { vase: 0.48, bowl: 0.17, bottle: 0.56, cup: 0.17 };

/** The shapes of each kind of vessel. */
const VESSELS: Readonly<Record<Vessel, readonly [Profile, ...Profile[]]>> = {
  vase: [
    [0.14, 0.2, 0.27, 0.31, 0.29, 0.2, 0.11, 0.1, 0.135],
    [0.13, 0.17, 0.22, 0.28, 0.325, 0.31, 0.22, 0.13, 0.15],
    [0.19, 0.27, 0.315, 0.3, 0.22, 0.14, 0.1, 0.085, 0.12],
    [0.16, 0.185, 0.205, 0.225, 0.245, 0.25, 0.235],
  ],
  bowl: [[0.42, 0.5, 0.74, 0.93, 1.06, 1.14]],
  bottle: [[0.155, 0.165, 0.165, 0.165, 0.165, 0.165, 0.145, 0.08, 0.053, 0.05, 0.05, 0.06]],
  cup: [[0.3, 0.43, 0.49, 0.5, 0.505, 0.51]],
};
const APPLE: Profile = [0.14, 0.37, 0.48, 0.53, 0.55, 0.54, 0.48, 0.36, 0.13];
const PEAR: Profile = [0.12, 0.31, 0.37, 0.355, 0.275, 0.19, 0.155, 0.125, 0.06];

/** Vessels and fruit on a table by a window. */
export async function paintStillLife(stage: Stage): Promise<DrawnScene> {
  const { scene, random, palette } = stage;
  const picked = mix(random.pick(WALLS), BLACK, palette.time === 'night' ? 0.7 : 0);
  const named = scene.ambient[0];
  const wall = named === undefined ? mix(picked, palette.haze, 0.25) : mix(picked, named, 0.6);
  const table = mix(wall, random.pick(TABLES), 0.7);
  const bodies = arrange(stage);
  const room = paintRoom(stage, wall, table) + bodies.map(shadowOf).join('');
  const raster = await fromSharp(sharp(svgDocument(stage, room)));
  const front = bodies.map((body, index) => paintBody(body, `body${index}`, table));
  return { raster, front: front.join('') };
}

/** The wall and the table in the light of the window, whose panes are seen on the wall by day. */
function paintRoom({ width, height, scale, random, palette }: Stage, wall: Colour, table: Colour): string {
  const edge = at(height * random.between(0.63, 0.67));
  const light = (id: string, colour: Colour, dark: number): string =>
    `<radialGradient id="${id}" gradientUnits="userSpaceOnUse" cx="${at(width * 0.3)}" cy="${at(height * 0.3)}" r="${at(scale * 1.1)}">` +
    `<stop offset="0" stop-color="${paint(mix(colour, palette.light, 0.2))}"/><stop offset="1" stop-color="${paint(mix(BLACK, colour, dark))}"/></radialGradient>`;
  const [left, top, pane] = [width * random.between(0.38, 0.5), height * 0.02, scale * 0.19];
  const place = `translate(${at(left)} ${at(top)}) scale(${at(pane)} ${at(pane * 0.86)}) skewY(-16)`;
  const sunlight = paint(mix(wall, palette.glow, 0.75));
  const isLit = palette.time !== 'night' && palette.time !== 'blue-hour';
  return (
    light('wall', wall, 0.6) +
    light('table', table, 0.55) +
    `<rect width="${width}" height="${height}" fill="url(#wall)"/>` +
    (isLit ? `<path d="${PANES}" transform="${place}" fill="${sunlight}" opacity="0.5"/>` : '') +
    `<rect y="${edge}" width="${width}" height="${height}" fill="url(#table)"/>`
  );
}

/** What the prompt names, or a bottle and a vase, and fruit beside it; from the back to the front. */
function arrange(stage: Stage): Body[] {
  const { scene, random, width, height, scale } = stage;
  const named = (['bottle', 'vase', 'bowl', 'cup'] as const).filter((each) => scene.features.has(each));
  const fruit = scene.features.has('fruit');
  const kinds: readonly Vessel[] = named.length > 0 ? named : fruit ? ['bowl'] : ['bottle', 'vase'];
  const room = Math.min(scale, width * 1.15, height * 1.05) * 1.05;
  const foot = height * 0.79;
  const reach = Math.min(width * 0.5, room * 0.28 * (kinds.length - 1));
  const bodies = kinds.map((kind, place): Body => {
    const offset = kinds.length > 1 ? (place / (kinds.length - 1) - 0.5) * reach : -room * 0.03;
    const body = {
      profile: random.pick(VESSELS[kind]),
      x: width / 2 + offset,
      y: foot + room * (kind === 'bottle' ? -0.05 : kind === 'cup' ? 0.03 : 0),
      height: room * HEIGHTS[kind],
      colour: scene.accents.get(kind) ?? random.pick(GLAZES),
      gloss: random.between(0.55, 1),
    };
    return { ...body, isFruit: false, contents: kind === 'bowl' && fruit ? heapIn(stage, body) : [] };
  });
  const beside = Array.from({ length: random.pick([2, 3]) }, (_, place) => {
    const away = reach / 2 + room * (random.between(0.2, 0.25) + (place > 1 ? 0.12 : 0));
    const x = width / 2 + Math.min(away, width * 0.42) * (place % 2 === 0 ? 1 : -1);
    const y = foot + room * random.between(0.03, 0.075);
    return pieceOfFruit(stage, x, y, room * random.between(0.1, 0.125));
  });
  return [...bodies, ...beside].toSorted((first, second) => first.y - second.y);
}

function pieceOfFruit({ scene, random }: Stage, x: number, y: number, size: number): Body {
  const [profile, height] = random.next() < 0.3 ? [PEAR, size * 1.32] : [APPLE, size];
  const colour = scene.accents.get('fruit') ?? random.pick(FRUITS);
  return { profile, x, y, height, colour, gloss: 0.4, contents: [], isFruit: true };
}

/** Fruit in a bowl, those in front last. */
function heapIn(stage: Stage, { x, y, height }: Omit<Body, 'contents' | 'isFruit'>): Body[] {
  return Array.from({ length: FRUITS_IN_A_BOWL }, (_, index) => {
    const across = ((index * 3) % FRUITS_IN_A_BOWL) - 3;
    const lift = 0.86 - index * 0.035 - Math.abs(across) * 0.03;
    return pieceOfFruit(stage, x + across * height * 0.25, y - height * lift, height * 0.86);
  });
}
