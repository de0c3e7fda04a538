import { hex, mix, paint, scaleTone, type Colour } from '../base/colour.ts';
import { at, type Stage } from '../base/stage.ts';
import { project, type Land } from '../landscape/relief.ts';
import { isletPlace } from '../landscape/terrain.ts';
import { seenFrom } from './vegetation.ts';

/** A lighthouse on its island: a striped tower, and its beams when the light is low. */
export function paintLighthouse(stage: Stage, land: Land): string {
  const { palette, scene, scale, width } = stage;
  const place = isletPlace(stage);
  const foot = project(stage, place.x, land.height(place.x, place.z) - 0.06, place.z);
  const tall = foot.size * 1.55;
  const wide = tall * 0.105;
  const [x, y] = [foot.x, foot.y];
  const stripe = seenFrom(stage, land, scene.accents.get('lighthouse') ?? hex('#b8382f'), place.z, 1);
  const white = seenFrom(stage, land, hex('#f4f1ea'), place.z, 1);
  const dark = seenFrom(stage, land, hex('#2b2c30'), place.z, 1);
  const outline = (from: number, to: number): string => {
    const low = wide * (1 - 0.42 * from);
    const high = wide * (1 - 0.42 * to);
    return `M${at(x - low)} ${at(y - tall * from)}L${at(x - high)} ${at(y - tall * to)}L${at(x + high)} ${at(y - tall * to)}L${at(x + low)} ${at(y - tall * from)}Z`;
  };
  const bands = [0.16, 0.46, 0.76].map((from) => outline(from, from + 0.14)).join('');
  const lantern = y - tall * 1.075;
  const sunny = stage.sun.x > x ? 1 : 0;
  const lamp = palette.dark || palette.time === 'dusk' || scene.weather.size > 0;
  const reach = Math.max(width * 0.5, scale * 0.5);
  const beam = (side: number): string =>
    `<path d="M${at(x)} ${at(lantern)}L${at(x + side * reach)} ${at(lantern - reach * 0.14)}L${at(x + side * reach)} ${at(lantern + reach * 0.05)}Z" fill="url(#beam${side})" opacity="${palette.dark ? 0.55 : 0.3}"/>`;
  const beamPaint = (side: number): string =>
    `<linearGradient id="beam${side}" gradientUnits="userSpaceOnUse" x1="${at(x)}" y1="0" x2="${at(x + side * reach)}" y2="0"><stop offset="0" stop-color="${paint(palette.lamp)}" stop-opacity="0.9"/><stop offset="0.25" stop-color="${paint(palette.lamp)}" stop-opacity="0.35"/><stop offset="1" stop-color="${paint(palette.lamp)}" stop-opacity="0"/></linearGradient>`;
  return (
    `<linearGradient id="tower"><stop offset="0" stop-color="#000" stop-opacity="${sunny ? 0.5 : 0.02}"/><stop offset="0.55" stop-color="#000" stop-opacity="0.14"/><stop offset="1" stop-color="#000" stop-opacity="${sunny ? 0.02 : 0.5}"/></linearGradient>` +
    (lamp ? beamPaint(-1) + beamPaint(1) + beam(-1) + beam(1) : '') +
    `<path d="${outline(0, 1)}" fill="${paint(white)}"/><path d="${bands}" fill="${paint(stripe)}"/><path d="${outline(0, 1)}" fill="url(#tower)"/>` +
    `<rect x="${at(x - wide * 0.78)}" y="${at(y - tall * 1.02)}" width="${at(wide * 1.56)}" height="${at(tall * 0.028)}" fill="${paint(dark)}"/>` +
    `<rect x="${at(x - wide * 0.42)}" y="${at(y - tall * 1.12)}" width="${at(wide * 0.84)}" height="${at(tall * 0.1)}" fill="${paint(lamp ? mix(palette.lamp, [255, 255, 255], 0.5) : mix(dark, palette.light, 0.45))}"/>` +
    `<path d="M${at(x - wide * 0.6)} ${at(y - tall * 1.115)}Q${at(x - wide * 0.4)} ${at(y - tall * 1.19)} ${at(x)} ${at(y - tall * 1.21)}Q${at(x + wide * 0.4)} ${at(y - tall * 1.19)} ${at(x + wide * 0.6)} ${at(y - tall * 1.115)}Z" fill="${paint(dark)}"/>` +
    (lamp ? glow('lantern', x, lantern, tall * 0.42, palette.lamp, 0.85) : '')
  );
}

/** A round, soft light. */
export function glow(
  id: string,
  x: number,
  y: number,
  radius: number,
  colour: Colour,
  strength: number,
): string {
  return (
    `<radialGradient id="${id}"><stop offset="0" stop-color="${paint(colour)}" stop-opacity="${strength}"/><stop offset="0.3" stop-color="${paint(colour)}" stop-opacity="${(strength * 0.3).toFixed(2)}"/>` +
    `<stop offset="1" stop-color="${paint(colour)}" stop-opacity="0"/></radialGradient><circle cx="${at(x)}" cy="${at(y)}" r="${at(radius)}" fill="url(#${id})"/>`
  );
}

/** One to three sailing boats with their reflections. */
export function paintBoats(stage: Stage, land: Land): string {
  const { random, palette, scene } = stage;
  const sail = scene.accents.get('boat') ?? mix(hex('#f5efe2'), palette.glow, 0.25);
  let boats = '';
  const count = random.integer(1, 3);
  for (let boat = 0; boat < count; boat += 1) {
    const z =
      boat === 0 ? random.between(4.2, 6) + (scene.features.has('beach') ? 3 : 0) : random.between(11, 22);
    const half = (stage.width / stage.scale) * z * 0.5;
    const towards = stage.sun.x > stage.width / 2 ? 1 : -1;
    const x =
      boat === 0 ? towards * half * random.between(0.05, 0.4) : -towards * half * random.between(0.15, 0.75);
    if (land.height(x, z) > -0.02) continue;
    const foot = project(stage, x, 0, z);
    const size = foot.size * 1.15;
    const lit = seenFrom(stage, land, sail, z);
    const shaded = mix(lit, palette.shade, 0.45);
    const hull = seenFrom(stage, land, hex('#2a2526'), z);
    const side = random.chance(0.5) ? 1 : -1;
    const [px, py] = [foot.x, foot.y];
    const point = (dx: number, dy: number): string => `${at(px + dx * size * side)} ${at(py - dy * size)}`;
    const shape =
      `<path d="M${point(0.02, 0.15)}L${point(0.02, 1.16)}Q${point(0.34, 0.62)} ${point(0.52, 0.17)}Z" fill="${paint(lit)}"/>` +
      `<path d="M${point(-0.03, 0.2)}L${point(-0.03, 1.04)}Q${point(-0.2, 0.5)} ${point(-0.42, 0.17)}Z" fill="${paint(shaded)}"/>` +
      `<path d="M${point(-0.5, 0.13)}L${point(0.56, 0.13)}Q${point(0.48, 0.0)} ${point(0.34, -0.03)}L${point(-0.32, -0.03)}Q${point(-0.44, 0)} ${point(-0.5, 0.13)}Z" fill="${paint(hull)}"/>` +
      `<path d="M${point(0, 0.1)}L${point(0, 1.2)}" stroke="${paint(hull)}" stroke-width="${(size * 0.016).toFixed(2)}"/>`;
    boats += reflection(px, py, size, side, lit, shaded) + shape;
  }
  return boats;
}

/** A boat upside down below its water line, in ripples that fade: both sails above the width of the hull. */
function reflection(
  x: number,
  waterline: number,
  size: number,
  side: number,
  lit: Colour,
  shaded: Colour,
): string {
  const ripples = 26;
  let bars = '';
  for (let ripple = 0; ripple < ripples; ripple += 1) {
    const share = ripple / ripples;
    const hull = share < 0.1;
    const right = hull ? 0.48 : 0.5 * (1 - share) ** 0.8;
    const left = hull ? -0.44 : -0.4 * Math.max(0, 1 - share * 1.1) ** 1.2;
    const sway = Math.sin(ripple * 2.4) * 0.02 * (0.4 + share);
    const y = waterline + size * (0.02 + share * 1.02);
    const thick = (size / ripples) * (0.9 - share * 0.4);
    const opacity = (0.5 * (1 - share) ** 1.3).toFixed(2);
    for (const [from, to, colour] of [
      [0, right, lit],
      [left, 0, shaded],
    ] as const) {
      const start = x + side * (from + sway) * size;
      const end = x + side * (to + sway) * size;
      bars += `<rect x="${at(Math.min(start, end))}" y="${at(y)}" width="${at(Math.abs(end - start))}" height="${at(thick)}" fill="${paint(hull ? mix(colour, shaded, 0.7) : colour)}" opacity="${opacity}"/>`;
    }
  }
  return bars;
}

/** Hot-air balloons, the first one near. */
export function paintBalloons(stage: Stage): string {
  const { random, palette, scene, horizon, width, scale } = stage;
  const colour = scene.accents.get('balloon') ?? palette.accent;
  let balloons = '';
  const count = random.integer(2, 4);
  const nearSide = stage.sun.x > width / 2 ? 0.32 : 0.68;
  for (let balloon = count - 1; balloon >= 0; balloon -= 1) {
    const first = balloon === 0;
    const radius = first ? scale * random.between(0.1, 0.13) : scale * random.between(0.018, 0.045);
    const x = first ? width * nearSide : width * random.between(0.1, 0.9);
    const y = first ? horizon * random.between(0.36, 0.5) : horizon * random.between(0.2, 0.75);
    const haze = first ? 0.06 : 0.55 - (radius / scale) * 4;
    const stripes = [
      colour,
      mix(colour, hex('#f7ecd8'), 0.78),
      scaleTone(colour, 0.8),
      mix(colour, hex('#f7ecd8'), 0.55),
    ];
    let gores = '';
    const foot = y + radius * 1.32;
    for (let gore = 0; gore < 7; gore += 1) {
      const half = radius * (1 - gore / 7) ** 0.82;
      const fill = mix(stripes[gore % stripes.length]!, palette.haze, haze);
      gores += `<path d="M${at(x)} ${at(y - radius)}C${at(x - half * 1.36)} ${at(y - radius)} ${at(x - half * 1.34)} ${at(y + radius * 0.42)} ${at(x - half * 0.14)} ${at(foot)}L${at(x + half * 0.14)} ${at(foot)}C${at(x + half * 1.34)} ${at(y + radius * 0.42)} ${at(x + half * 1.36)} ${at(y - radius)} ${at(x)} ${at(y - radius)}Z" fill="${paint(fill)}"/>`;
    }
    const whole = `M${at(x)} ${at(y - radius)}C${at(x - radius * 1.36)} ${at(y - radius)} ${at(x - radius * 1.34)} ${at(y + radius * 0.42)} ${at(x - radius * 0.14)} ${at(foot)}L${at(x + radius * 0.14)} ${at(foot)}C${at(x + radius * 1.34)} ${at(y + radius * 0.42)} ${at(x + radius * 1.36)} ${at(y - radius)} ${at(x)} ${at(y - radius)}Z`;
    const focus = stage.sun.x > x ? 0.72 : 0.28;
    const basket = radius * 0.13;
    balloons +=
      gores +
      `<radialGradient id="air${balloon}" cx="${focus}" cy="0.3" r="0.85"><stop offset="0" stop-color="${paint(palette.glow)}" stop-opacity="0.42"/><stop offset="0.45" stop-color="${paint(palette.shade)}" stop-opacity="0.05"/><stop offset="1" stop-color="${paint(palette.shade)}" stop-opacity="0.72"/></radialGradient>` +
      `<path d="${whole}" fill="url(#air${balloon})"/>` +
      `<path d="M${at(x - radius * 0.13)} ${at(foot)}L${at(x - basket * 0.8)} ${at(foot + radius * 0.28)}M${at(x + radius * 0.13)} ${at(foot)}L${at(x + basket * 0.8)} ${at(foot + radius * 0.28)}" stroke="${paint(palette.shade)}" stroke-width="${(radius * 0.014).toFixed(2)}" opacity="0.8"/>` +
      `<rect x="${at(x - basket)}" y="${at(foot + radius * 0.27)}" width="${at(basket * 2)}" height="${at(basket * 1.5)}" rx="${at(basket * 0.3)}" fill="${paint(mix(hex('#5a3d28'), palette.haze, haze))}"/>` +
      (palette.dark ? glow(`burner${balloon}`, x, foot - radius * 0.2, radius * 0.9, palette.lamp, 0.8) : '');
  }
  return balloons;
}
