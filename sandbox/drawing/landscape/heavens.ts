import { mix, paint, WHITE, type Colour } from '../base/colour.ts';
import { at } from '../base/numbers.ts';
import type { Stage } from '../prompt/stage.ts';

const STARS = 700;

/** What is seen in the sky, as SVG to lay over it: stars, and the sun or the moon. */
export function paintHeavens(stage: Stage): string {
  const { scene, palette } = stage;
  if (palette.time !== 'night') return paintSun(stage);
  return (scene.features.has('fog') ? '' : paintStars(stage)) + paintMoon(stage);
}

function paintStars({ random, width, scale, horizon, palette }: Stage): string {
  const count = Math.round(((width * horizon) / scale ** 2) * STARS);
  let stars = '';
  for (let star = 0; star < count; star += 1) {
    const y = horizon * random.next() ** 1.15;
    const size = scale * (0.00045 + 0.0011 * random.next() ** 6);
    const opacity = (1 - (y / horizon) ** 3) * random.between(0.25, 0.95);
    const x = at(random.next() * width);
    stars += `<circle cx="${x}" cy="${at(y)}" r="${size.toFixed(2)}" opacity="${opacity.toFixed(2)}"/>`;
  }
  return `<g fill="${paint(mix(palette.sun, WHITE, 0.6))}">${stars}</g>`;
}

function paintMoon({ sun, palette, scene }: Stage): string {
  const colour = paint(scene.accents.get('moon') ?? palette.sun);
  const radius = sun.radius * (scene.features.has('moon') ? 1.1 : 0.75);
  const disc = `<circle cx="${at(sun.x)}" cy="${at(sun.y)}" r="${at(radius)}" fill="${colour}"/>`;
  return glow('halo', { ...sun, radius: radius * 4.6 }, palette.glow, 0.5) + disc;
}

function paintSun({ sun, palette, scene }: Stage): string {
  const edge = paint(scene.accents.get('sun') ?? palette.sun);
  return (
    `<radialGradient id="sun"><stop offset="0.3" stop-color="${edge}" stop-opacity="0.95"/>` +
    `<stop offset="0.42" stop-color="${edge}" stop-opacity="0.42"/>` +
    `<stop offset="1" stop-color="${edge}" stop-opacity="0"/></radialGradient>` +
    `<circle cx="${at(sun.x)}" cy="${at(sun.y)}" r="${at(sun.radius * 2.6)}" fill="url(#sun)"/>`
  );
}

/** A round, soft light. */
export function glow(id: string, { x, y, radius }: Stage['sun'], colour: Colour, strength: number): string {
  const shade = `stop-color="${paint(colour)}"`;
  return (
    `<radialGradient id="${id}"><stop offset="0" ${shade} stop-opacity="${strength}"/>` +
    `<stop offset="0.35" ${shade} stop-opacity="${(strength * 0.3).toFixed(2)}"/>` +
    `<stop offset="1" ${shade} stop-opacity="0"/></radialGradient>` +
    `<circle cx="${at(x)}" cy="${at(y)}" r="${at(radius)}" fill="url(#${id})"/>`
  );
}
