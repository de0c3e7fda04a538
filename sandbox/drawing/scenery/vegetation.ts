import { hex, mix, paint, scaleTone, type Colour } from '../base/colour.ts';
import { at, type Stage } from '../base/stage.ts';
import { project, type Land, type Relief } from '../landscape/relief.ts';

const BANDS = 16;

/** What the plants are planted in. */
interface Site {
  stage: Stage;
  land: Land;
  relief: Relief;
}

/** A colour as it is seen from a distance, in the picture's light. */
export function seenFrom(stage: Stage, land: Land, colour: Colour, z: number, height = 0): Colour {
  const { palette } = stage;
  const level = palette.dark ? 0.42 : 0.72;
  const light = mix(palette.shade, palette.light, level);
  const lit: Colour = [
    (colour[0] * light[0]) / 255,
    (colour[1] * light[1]) / 255,
    (colour[2] * light[2]) / 255,
  ];
  return mix(lit, palette.haze, land.haze(z, height));
}

/** Conifers over the land, far ones first, thinning out towards the eye; and tall ones at the edges of the frame. */
export function paintForest(site: Site, amount: number): string {
  const { stage, land } = site;
  const { random, palette, scene } = stage;
  const green =
    scene.accents.get('trees') ?? mix(hex('#2f4a35'), scene.land ?? scene.ambient[0] ?? hex('#2f4a35'), 0.5);
  const snowy = scene.weather.has('snow');
  const dense = scene.setting === 'forest';
  const near = dense ? 4.6 : 6;
  const far = dense ? 40 : 22;
  let trees = '';
  for (let band = 0; band < BANDS; band += 1) {
    const z = far * (near / far) ** (band / (BANDS - 1));
    const count = Math.round((amount * 130 * stage.width) / stage.scale / (1 + 6 / z));
    const colour = seenFrom(stage, land, scaleTone(green, random.between(0.88, 1.05)), z, 0.6);
    let path = '';
    for (let tree = 0; tree < count; tree += 1) {
      const away = z * random.between(0.93, 1.07);
      const x = ((random.next() - 0.5) * stage.width * 1.1 * away) / (stage.scale * 0.95);
      const clump = stage.noise.soft(x / 9 + 0.2, away / 9);
      const ground = land.height(x, away);
      const base = project(stage, x, ground, away);
      const size = (0.75 + random.next() * 0.75) * base.size * (dense ? 0.9 : 0.7);
      const keep = clump > (dense ? -0.35 : 0.02) && ground > 0.03;
      if (keep && isSeen(site, base.x, base.y, away))
        path += conifer(stage, base.x, base.y + size * 0.02, size);
    }
    const fill = snowy ? mix(colour, palette.light, 0.22) : colour;
    if (path === '') continue;
    // Mist gathers at the feet of each row, which tells it from the row before it.
    const mist = mix(fill, palette.haze, dense ? 0.5 - 0.26 * (band / BANDS) : 0.1);
    const crown = dense ? mix(fill, palette.haze, 0.24 * (1 - band / BANDS)) : fill;
    trees +=
      `<linearGradient id="row${band}" x1="0" y1="0" x2="0" y2="1"><stop offset="0.1" stop-color="${paint(crown)}"/>` +
      `<stop offset="0.95" stop-color="${paint(mist)}"/></linearGradient><path fill="url(#row${band})" d="${path}"/>`;
  }
  return trees;
}

function isSeen({ stage, relief }: Site, x: number, y: number, z: number): boolean {
  const column = Math.round(x);
  const row = Math.round(y) - 2;
  if (column < -40 || column >= stage.width + 40 || row >= stage.height + 60) return false;
  const inside = Math.min(stage.width - 1, Math.max(0, column));
  if (row >= stage.height || row < 0) return row >= 0;
  return relief.distance[row * stage.width + inside]! > z * 0.82;
}

function conifer(stage: Stage, x: number, base: number, height: number): string {
  const { random } = stage;
  const width = height * random.between(0.17, 0.24);
  const tiers = height < 14 ? 1 : height < 40 ? 4 : 9;
  if (tiers === 1)
    return `M${at(x - width)} ${at(base)}L${at(x)} ${at(base - height)}L${at(x + width)} ${at(base)}Z`;
  const left: string[] = [];
  const right: string[] = [];
  for (let tier = 1; tier <= tiers; tier += 1) {
    const share = tier / tiers;
    const y = base - height * (1 - share * 0.94);
    const reach = width * share ** 0.85;
    const lift = (height / tiers) * 0.32;
    right.push(
      `${at(x + reach * random.between(0.78, 1.12))} ${at(y)}L${at(x + reach * 0.44)} ${at(y - lift)}`,
    );
    left.unshift(
      `${at(x - reach * 0.44)} ${at(y - lift)}L${at(x - reach * random.between(0.78, 1.12))} ${at(y)}`,
    );
  }
  const trunk = width * 0.12;
  const foot = `${at(x + trunk)} ${at(base)}L${at(x - trunk)} ${at(base)}`;
  return `M${at(x)} ${at(base - height)}L${right.join('L')}L${foot}L${left.join('L')}Z`;
}

/** Tall dark conifers left and right of the view. */
export function paintFramingTrees(stage: Stage): string {
  const { random, width, height, scale, palette } = stage;
  const colour = mix(palette.shade, hex('#121d18'), 0.62);
  let path = '';
  for (const edge of [0, 1]) {
    const count = random.integer(2, 4);
    for (let tree = 0; tree < count; tree += 1) {
      const inward = (tree / count) ** 1.3 * Math.min(width * 0.3, scale * 0.26);
      const size = scale * random.between(0.5, 0.95) * (1 - (tree / count) * 0.45);
      path += conifer(
        stage,
        edge === 0 ? inward - scale * 0.02 : width - inward + scale * 0.02,
        height + scale * 0.05,
        size,
      );
    }
  }
  return `<path fill="${paint(colour)}" d="${path}"/>`;
}

/** Grass blades and flowers over the near land. */
export function paintMeadow(site: Site, flowers: boolean): string {
  const { stage, land } = site;
  const { random, scene, palette } = stage;
  const bloom = scene.accents.get('flowers') ?? scene.ambient[0] ?? palette.accent;
  const blooms = [
    bloom,
    bloom,
    scaleTone(bloom, 0.86),
    mix(bloom, hex('#fff4e0'), 0.35),
    mix(bloom, hex('#f6d9e4'), 0.6),
  ];
  const grass = [hex('#5d7a3c'), hex('#7f8f4a'), hex('#475f33')];
  const dry = scene.weather.has('snow') ? hex('#b9b29a') : undefined;
  let plants = '';
  for (let band = 0; band < 12; band += 1) {
    const z = 13 * (0.85 / 13) ** (band / 11);
    const blades: string[] = ['', '', ''];
    const heads: string[] = ['', '', '', '', ''];
    const count = Math.round((stage.width / stage.scale) * (flowers ? 190 : 150));
    for (let plant = 0; plant < count; plant += 1) {
      const away = z * random.between(0.8, 1.2);
      const x = ((random.next() - 0.5) * stage.width * 1.05 * away) / (stage.scale * 0.95);
      const base = project(stage, x, land.height(x, away), away);
      const size = base.size * random.between(0.05, 0.13) * (flowers ? 1.15 : 1);
      const bend = size * random.between(-0.45, 0.45);
      const top = base.y - size;
      const kind = random.integer(0, 2);
      const patch = stage.noise.soft(x / 8, away / 8);
      blades[kind] += `M${at(base.x)} ${at(base.y)}q0 ${at(-size * 0.6)} ${at(bend)} ${at(-size)}`;
      if (!flowers || random.next() > 0.55 + patch * 0.6) continue;
      const radius = Math.max(0.6, base.size * random.between(0.011, 0.02));
      heads[random.integer(0, 4)] +=
        `M${at(base.x + bend - radius)} ${at(top)}a${at(radius)} ${at(radius * 0.8)} 0 1 0 ${at(radius * 2)} 0a${at(radius)} ${at(radius * 0.62)} 0 1 0 ${at(-radius * 2)} 0Z`;
    }
    const stroke = Math.max(0.5, (stage.scale / z) * 0.0052);
    for (const [kind, path] of blades.entries()) {
      const colour = seenFrom(stage, land, dry ?? grass[kind]!, z);
      plants += `<path d="${path}" fill="none" stroke="${paint(colour)}" stroke-width="${stroke.toFixed(2)}" stroke-linecap="round"/>`;
    }
    for (const [kind, path] of heads.entries()) {
      if (path !== '')
        plants += `<path d="${path}" fill="${paint(seenFrom(stage, land, blooms[kind]!, z * 0.6))}"/>`;
    }
  }
  return plants;
}
