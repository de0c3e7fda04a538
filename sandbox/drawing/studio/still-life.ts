import { hex, mix, paint, scaleTone, type Colour } from '../base/colour.ts';
import type { Random } from '../base/random.ts';
import { at, type Raster, type Stage } from '../base/stage.ts';
import type { Feature } from '../prompt/vocabulary.ts';
import { paintBackdrop, type Backdrop } from './backdrop.ts';
import { paintBouquet } from './bouquet.ts';
import { paintTurned, TILT, type Turned } from './turned.ts';
import { APPLE, BOTTLE, BOWL, CUP, PEAR, VASES } from './vessels.ts';

type Colours = readonly [Colour, ...Colour[]];
const colours = (...codes: readonly [string, ...string[]]): Colours => codes.map(hex) as unknown as Colours;
const GLAZES = colours(
  '#e9e1d0',
  '#2f55a4',
  '#8fb8a0',
  '#a63a2a',
  '#d3a04a',
  '#b8644a',
  '#3d5a5c',
  '#c9b7a4',
);
const FRUITS = colours('#c8452f', '#d9902f', '#b9b23f', '#e0b13e', '#a3303a');
const WALLS = colours('#bfb7a8', '#a9b3bb', '#c7b5a3', '#9aa398', '#cbb0a2', '#b7bcae', '#8d97a3');
const DARK_WALLS = colours('#34383d', '#3a3330', '#2c3539', '#3b3642');

/** Vessels and fruit on a table by a window. */
export async function paintStillLife(stage: Stage): Promise<{ raster: Raster; front: string }> {
  const bodies = arrange(stage);
  const backdrop = createBackdrop(stage);
  const raster = await paintBackdrop(stage, backdrop, bodies);
  for (const body of bodies) await paintTurned(stage, raster, body, backdrop.table);
  const vase = bodies.find((body) => body.open && body.profile !== BOWL && body.profile !== CUP);
  const flowers = stage.scene.features.has('flowers') && vase !== undefined;
  return {
    raster,
    front:
      (flowers ? paintBouquet(stage, vase) : '') + bodies.map((body) => paintDetails(stage, body)).join(''),
  };
}

function createBackdrop({ scene, random, height, scale, palette }: Stage): Backdrop {
  const low =
    scene.time === 'night' ||
    scene.styles.has('neon') ||
    scene.ambient.some((colour) => Math.max(...colour) < 60);
  const picked = random.pick(low ? DARK_WALLS : WALLS);
  const ambient = scene.ambient[0];
  const named = scene.styles.has('neon') ? palette.sky[1] : ambient;
  const wall = named === undefined ? picked : mix(picked, mix(named, hex('#c9c4ba'), low ? 0 : 0.35), 0.7);
  const cove = random.chance(0.45);
  return {
    wall,
    table: cove
      ? mix(wall, hex('#d8cfc2'), 0.12)
      : mix(wall, random.pick(colours('#8a6a4e', '#d8d0c4', '#6b5a4c', '#b79b7c')), 0.7),
    edge: height * random.between(0.66, 0.7) - scale * 0.04,
    softness: cove ? scale * 0.09 : scale * 0.0035,
    panes: !low && (scene.time !== undefined || random.chance(0.5)),
  };
}

function arrange(stage: Stage): Turned[] {
  const { scene, random, width, height, scale } = stage;
  const wanted = (['bottle', 'vase', 'bowl', 'cup', 'fruit'] as const).filter((feature) =>
    scene.features.has(feature),
  );
  const minimal = scene.styles.has('minimal');
  const kinds: Feature[] = wanted.length > 0 ? [...wanted] : ['bottle', 'vase', 'fruit'];
  if (!minimal && kinds.length === 1 && kinds[0] !== 'fruit') kinds.push('fruit');
  if (kinds.length === 1 && kinds[0] === 'fruit') kinds.unshift('bowl');
  const foot = height * 0.79;
  const room = Math.min(scale, width * 1.15, height * 1.05) * 1.05;
  const bodies: Turned[] = [];
  const standing = kinds.filter((kind) => kind !== 'fruit');
  const reach = standing.length > 1 ? Math.min(width * 0.5, room * 0.26 * (standing.length - 1)) : 0;
  for (const [place, kind] of standing.entries()) {
    const offset = standing.length > 1 ? (place / (standing.length - 1) - 0.5) * reach : -room * 0.03;
    const depth = kind === 'bottle' ? -0.055 : kind === 'cup' ? 0.03 : 0;
    const body = createBody(stage, kind, width / 2 + offset, foot + depth * room, room);
    if (kind === 'bowl' && kinds.includes('fruit')) bodies.push(...heap(stage, body));
    bodies.push(body);
  }
  if (kinds.includes('fruit'))
    bodies.push(...scatterFruit(stage, room, foot, minimal ? 1 : random.integer(2, 3)));
  return bodies.toSorted((first, second) => first.y - second.y || Number(first.open) - Number(second.open));
}

function createBody({ scene, random }: Stage, kind: Feature, x: number, y: number, room: number): Turned {
  const named = scene.accents.get(kind);
  const colour = named ?? random.pick(GLAZES);
  const base = {
    x,
    y,
    colour,
    gloss: random.between(0.55, 1),
    ribs: 0,
    open: true,
    mottle: random.between(0.15, 0.8),
  };
  switch (kind) {
    case 'bottle':
      return { ...base, profile: BOTTLE, height: room * 0.56, open: false, gloss: 1, mottle: 0.1 };
    case 'bowl':
      return { ...base, profile: BOWL, height: room * 0.17, mottle: 0.4 };
    case 'cup':
      return { ...base, profile: CUP, height: room * 0.17, mottle: 0.25 };
    default: {
      const ribbed = scene.features.has('ribbed') || random.chance(0.3);
      return {
        ...base,
        profile: random.pick(VASES),
        height: room * random.between(0.44, 0.52),
        ribs: ribbed ? random.integer(9, 15) : 0,
      };
    }
  }
}

function fruit({ scene }: Stage, random: Random, x: number, y: number, size: number): Turned {
  const colour = scene.accents.get('fruit') ?? random.pick(FRUITS);
  const pear = random.chance(0.3);
  return {
    profile: pear ? PEAR : APPLE,
    x,
    y,
    height: size * (pear ? 1.32 : 1),
    colour,
    gloss: 0.45,
    ribs: 0,
    open: false,
    mottle: 0.7,
  };
}

function scatterFruit(stage: Stage, room: number, foot: number, count: number): Turned[] {
  const { random, width } = stage;
  return Array.from({ length: count }, (_, place) => {
    const side = place % 2 === 0 ? 1 : -1;
    const x = width / 2 + side * room * random.between(0.17, 0.25) + (place > 1 ? room * 0.1 : 0);
    return fruit(
      stage,
      random,
      x,
      foot + room * random.between(0.025, 0.07),
      room * random.between(0.1, 0.125),
    );
  });
}

function heap(stage: Stage, bowl: Turned): Turned[] {
  const size = bowl.height * 0.86;
  const top = bowl.y - bowl.height * 0.78;
  return [
    [-0.42, 0],
    [0.46, 0],
    [0.02, -0.05],
    [-0.62, 0.12],
    [0.2, 0.1],
  ].map(([dx = 0, dy = 0]) => ({
    ...fruit(stage, stage.random, bowl.x + dx * bowl.height * 1.25, bowl.y - 0.5, size),
    y: top + dy * bowl.height,
  }));
}

function paintDetails({ palette }: Stage, body: Turned): string {
  const top = body.y - body.height;
  const { height, x } = body;
  if (body.profile === APPLE || body.profile === PEAR) {
    const foot = top + (body.profile === APPLE ? height * 0.11 : height * 0.03);
    return `<path d="M${at(x)} ${at(foot)}q${at(height * 0.02)} ${at(-height * 0.12)} ${at(height * 0.1)} ${at(-height * 0.2)}" fill="none" stroke="#4a3524" stroke-width="${(height * 0.035).toFixed(2)}" stroke-linecap="round"/>`;
  }
  if (body.profile === CUP) {
    const dark = paint(scaleTone(body.colour, 0.5));
    const light = paint(scaleTone(body.colour, 0.72));
    const radius = CUP(1) * height * 0.9;
    const handle = `M${at(x + radius * 1.06)} ${at(body.y - height * 0.8)}c${at(height * 0.36)} ${at(-height * 0.04)} ${at(height * 0.34)} ${at(height * 0.52)} ${at(-height * 0.06)} ${at(height * 0.52)}`;
    return (
      `<path d="${handle}" fill="none" stroke="${dark}" stroke-width="${at(height * 0.1)}"/><path d="${handle}" fill="none" stroke="${light}" stroke-width="${at(height * 0.045)}"/>` +
      `<ellipse cx="${at(x)}" cy="${at(top + radius * TILT * 0.2)}" rx="${at(radius * 0.96)}" ry="${at(radius * TILT * 0.78)}" fill="${paint(mix(hex('#3c2415'), palette.accent, 0.05))}"/>`
    );
  }
  return '';
}
