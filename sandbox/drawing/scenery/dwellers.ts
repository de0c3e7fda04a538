import { hex, mix, paint, type Colour } from '../base/colour.ts';
import { at, type Stage } from '../base/stage.ts';
import { glow } from './landmarks.ts';
import { project, type Land } from '../landscape/relief.ts';
import { seenFrom } from './vegetation.ts';

/** A cottage with lit windows on the nearest rise. */
export function paintHouse(stage: Stage, land: Land): string {
  const { palette, scene } = stage;
  const side = stage.sun.x > stage.width / 2 ? -1 : 1;
  const z = 5.6;
  const x = side * (stage.width / stage.scale) * z * 0.2;
  const foot = project(stage, x, Math.max(0.02, land.height(x, z)), z);
  const size = foot.size * 0.82;
  const [px, py] = [foot.x, foot.y + size * 0.06];
  const wall = seenFrom(stage, land, scene.accents.get('house') ?? hex('#efe6d6'), z);
  const gable = mix(wall, palette.shade, 0.42);
  const roof = seenFrom(stage, land, scene.weather.has('snow') ? hex('#eef2f7') : hex('#6d3f33'), z);
  const eave = mix(roof, palette.shade, 0.5);
  const lit = palette.time !== 'day';
  const pane = lit ? mix(palette.lamp, hex('#ffffff'), 0.25) : mix(palette.shade, palette.sky[1], 0.4);
  const p = (dx: number, dy: number): string => `${at(px + dx * size)} ${at(py - dy * size)}`;
  const box = (dx: number, dy: number, w: number, h: number, fill: Colour): string =>
    `<rect x="${at(px + dx * size)}" y="${at(py - (dy + h) * size)}" width="${at(w * size)}" height="${at(h * size)}" fill="${paint(fill)}"/>`;
  return (
    `<ellipse cx="${at(px)}" cy="${at(py)}" rx="${at(size * 0.95)}" ry="${at(size * 0.05)}" fill="${paint(palette.shade, 0.45)}"/>` +
    `<path d="M${p(-0.75, 0)}L${p(-0.75, 0.42)}L${p(-0.5, 0.78)}L${p(-0.25, 0.42)}L${p(-0.25, 0)}Z" fill="${paint(gable)}"/>` +
    box(-0.25, 0, 1, 0.42, wall) +
    box(0.4, 0.62, 0.1, 0.32, mix(gable, eave, 0.5)) +
    `<path d="M${p(-0.5, 0.8)}L${p(0.55, 0.8)}L${p(0.82, 0.39)}L${p(-0.23, 0.39)}Z" fill="${paint(roof)}"/>` +
    `<path d="M${p(-0.5, 0.8)}L${p(-0.82, 0.36)}L${p(-0.77, 0.34)}L${p(-0.5, 0.73)}L${p(-0.23, 0.36)}L${p(-0.19, 0.39)}Z" fill="${paint(eave)}"/>` +
    box(-0.56, 0.2, 0.12, 0.15, pane) +
    box(-0.06, 0.14, 0.14, 0.15, pane) +
    box(0.46, 0.14, 0.14, 0.15, pane) +
    box(0.2, 0, 0.14, 0.28, eave) +
    (lit ? glow('window', px + size * 0.2, py - size * 0.2, size * 0.9, palette.lamp, 0.5) : '')
  );
}

/** A walker seen from behind, with a shadow. */
export function paintFigure(stage: Stage, land: Land): string {
  const { palette, random } = stage;
  const z = 4.4;
  const x = (stage.sun.x > stage.width / 2 ? -1 : 1) * z * 0.1 * random.between(0.4, 1.2);
  const foot = project(stage, x, Math.max(0, land.height(x, z)), z);
  const size = foot.size * 0.62;
  const coat = mix(seenFrom(stage, land, palette.accent, z), palette.shade, 0.2);
  const dark = mix(palette.shade, hex('#15151a'), 0.5);
  const p = (dx: number, dy: number): string => `${at(foot.x + dx * size)} ${at(foot.y - dy * size)}`;
  return (
    `<ellipse cx="${at(foot.x)}" cy="${at(foot.y)}" rx="${at(size * 0.3)}" ry="${at(size * 0.035)}" fill="${paint(palette.shade, 0.5)}"/>` +
    `<path d="M${p(-0.09, 0.45)}L${p(-0.1, 0)}L${p(-0.02, 0)}L${p(0, 0.36)}L${p(0.04, 0)}L${p(0.12, 0)}L${p(0.1, 0.45)}Z" fill="${paint(dark)}"/>` +
    `<path d="M${p(-0.06, 0.84)}Q${p(-0.17, 0.8)} ${p(-0.17, 0.66)}L${p(-0.2, 0.4)}L${p(-0.14, 0.39)}L${p(-0.14, 0.34)}L${p(0.14, 0.34)}L${p(0.14, 0.39)}L${p(0.2, 0.4)}L${p(0.17, 0.66)}Q${p(0.17, 0.8)} ${p(0.06, 0.84)}Z" fill="${paint(coat)}"/>` +
    `<ellipse cx="${at(foot.x)}" cy="${at(foot.y - size * 0.92)}" rx="${at(size * 0.072)}" ry="${at(size * 0.085)}" fill="${paint(dark)}"/>`
  );
}

/** A sitting cat seen from behind, looking into the picture from a wall at its foot. */
export function paintCat(stage: Stage): string {
  const { palette, width, height, scale, scene } = stage;
  const colour = scene.accents.get('cat') ?? mix(palette.shade, hex('#0e0e12'), 0.72);
  const size = scale * 0.34;
  const x = stage.sun.x > width / 2 ? width * 0.36 : width * 0.64;
  const y = height - scale * 0.1;
  const p = (dx: number, dy: number): string => `${at(x + dx * size)} ${at(y - dy * size)}`;
  const rim = paint(mix(palette.glow, palette.light, 0.3));
  const body =
    `M${p(-0.3, 0)}C${p(-0.37, 0.2)} ${p(-0.25, 0.42)} ${p(-0.17, 0.58)}C${p(-0.19, 0.64)} ${p(-0.2, 0.7)} ${p(-0.18, 0.78)}` +
    `L${p(-0.18, 0.98)}Q${p(-0.13, 0.95)} ${p(-0.08, 0.88)}Q${p(0, 0.905)} ${p(0.08, 0.88)}Q${p(0.13, 0.95)} ${p(0.18, 0.98)}L${p(0.18, 0.78)}` +
    `C${p(0.2, 0.7)} ${p(0.19, 0.64)} ${p(0.17, 0.58)}C${p(0.25, 0.42)} ${p(0.37, 0.2)} ${p(0.3, 0)}Z`;
  const tail = `M${p(0.22, 0.03)}C${p(0.5, -0.02)} ${p(0.62, 0.06)} ${p(0.56, -0.14)}`;
  const wall = mix(palette.shade, hex('#17171c'), 0.45);
  return (
    `<rect x="0" y="${at(y - size * 0.01)}" width="${width}" height="${at(height - y + 2)}" fill="${paint(wall)}"/>` +
    `<rect x="0" y="${at(y - size * 0.01)}" width="${width}" height="${at(size * 0.014)}" fill="${rim}" opacity="0.45"/>` +
    `<path d="${tail}" fill="none" stroke="${paint(colour)}" stroke-width="${at(size * 0.085)}" stroke-linecap="round"/>` +
    `<path d="${body}" fill="${paint(colour)}" stroke="${rim}" stroke-opacity="0.4" stroke-width="${(size * 0.006).toFixed(2)}"/>`
  );
}

/** A loose flight of birds. */
export function paintBirds(stage: Stage): string {
  const { random, width, horizon, scale, palette } = stage;
  const x = width * random.between(0.3, 0.7);
  const y = horizon * random.between(0.3, 0.55);
  let path = '';
  for (let bird = 0; bird < 11; bird += 1) {
    const size = scale * random.between(0.007, 0.017);
    const left = x + scale * random.between(-0.2, 0.2);
    const top = y + scale * random.between(-0.1, 0.1);
    const lift = size * random.between(0.35, 0.8);
    path +=
      `M${at(left - size)} ${at(top - lift * 0.5)}Q${at(left - size * 0.45)} ${at(top - lift)} ${at(left)} ${at(top)}Q${at(left + size * 0.45)} ${at(top - lift)} ${at(left + size)} ${at(top - lift * 0.5)}` +
      `Q${at(left + size * 0.4)} ${at(top - lift * 0.6)} ${at(left)} ${at(top + size * 0.16)}Q${at(left - size * 0.4)} ${at(top - lift * 0.6)} ${at(left - size)} ${at(top - lift * 0.5)}Z`;
  }
  return `<path d="${path}" fill="${paint(mix(palette.shade, hex('#1a1a20'), 0.4))}" opacity="0.85"/>`;
}
