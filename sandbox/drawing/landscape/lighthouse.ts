import { hex, mix, multiply, paint, WHITE, type Colour } from '../base/colour.ts';
import { at } from '../base/numbers.ts';
import type { Stage } from '../prompt/stage.ts';
import { glow } from './heavens.ts';
import { project, type Land } from './relief.ts';
import { headlandOf } from './terrain.ts';

const LAMP = hex('#ffd27d');

/** A lighthouse on the rocks: a striped tower, and its lamp when the light is low. */
export function paintLighthouse(stage: Stage, land: Land): string {
  const { palette, scene } = stage;
  const { x: rocks, z } = headlandOf(stage);
  const across = rocks * 0.72;
  const { x, y, size } = project(stage, across, land.height(across, z) - 0.06, z);
  const tall = size * 1.05;
  const wide = tall * 0.105;
  const light = mix(palette.shade, palette.light, palette.dark ? 0.42 : 0.72);
  const seen = (colour: Colour): string => paint(mix(multiply(colour, light), palette.haze, land.haze(z, 1)));
  const dark = seen(hex('#2b2c30'));
  const part = (from: number, to: number): string => {
    const [low, high] = [wide * (1 - 0.42 * from), wide * (1 - 0.42 * to)];
    const [foot, top] = [at(y - tall * from), at(y - tall * to)];
    return `M${at(x - low)} ${foot}L${at(x - high)} ${top}L${at(x + high)} ${top}L${at(x + low)} ${foot}Z`;
  };
  const box = (half: number, from: number, to: number, fill: string): string =>
    `<rect x="${at(x - wide * half)}" y="${at(y - tall * to)}" width="${at(wide * half * 2)}" ` +
    `height="${at(tall * (to - from))}" fill="${fill}"/>`;
  const bands = [0.16, 0.46, 0.76].map((from) => part(from, from + 0.14)).join('');
  const isLit = palette.time !== 'day';
  const [left, right] = stage.sun.x > x ? [0.5, 0.02] : [0.02, 0.5];
  return (
    `<linearGradient id="tower"><stop offset="0" stop-opacity="${left}"/><stop offset="0.55" stop-opacity="0.14"/>` +
    `<stop offset="1" stop-opacity="${right}"/></linearGradient>` +
    `<path d="${part(0, 1)}" fill="${seen(hex('#f4f1ea'))}"/><path d="${bands}" fill="${seen(scene.accents.get('lighthouse') ?? hex('#b8382f'))}"/>` +
    `<path d="${part(0, 1)}" fill="url(#tower)"/>` +
    box(0.78, 0.99, 1.02, dark) +
    box(0.42, 1.02, 1.12, isLit ? paint(mix(LAMP, WHITE, 0.5)) : seen(hex('#9fb2bd'))) +
    `<path d="M${at(x - wide * 0.6)} ${at(y - tall * 1.11)}L${at(x)} ${at(y - tall * 1.2)}L${at(x + wide * 0.6)} ${at(y - tall * 1.11)}Z" fill="${dark}"/>` +
    (isLit ? glow('lamp', { x, y: y - tall * 1.07, radius: tall * 0.45 }, LAMP, 0.85) : '')
  );
}
