import { hex, mix, multiply, paint, WHITE, type Colour } from './colour.ts';
import { at, fromSharp, svgDocument, toSharp } from './raster.ts';
import { paintSky } from './sky.ts';
import { glow, type DrawnScene, type Stage } from './stage.ts';
import { createLand, headlandOf, paintLand, project, type Land } from './terrain.ts';
import { paintWater } from './water.ts';

const STARS = 700;
const LAMP = hex('#ffd27d');

/** A picture of the scene out of doors, and the SVG of what stands in front of it. */
export async function paintLandscape(stage: Stage): Promise<DrawnScene> {
  const { features, setting } = stage.scene;
  const land = createLand(stage);
  const sky = toSharp(await paintSky(stage));
  const lights = paintStars(stage) + paintSunOrMoon(stage);
  const raster = await fromSharp(sky.composite([{ input: svgDocument(stage, lights) }]));
  paintWater(stage, raster, paintLand(stage, raster, land));
  const hasLighthouse = setting === 'coast' && features.has('lighthouse');
  return { raster, front: hasLighthouse ? paintLighthouse(stage, land) : '' };
}

function paintStars({ random, width, scale, horizon, palette, scene }: Stage): string {
  if (palette.time !== 'night' || scene.features.has('fog')) return '';
  const count = Math.round(((width * horizon) / scale ** 2) * STARS);
  const stars = Array.from({ length: count }, () => {
    const y = horizon * random.next() ** 1.15;
    const size = scale * (0.00045 + 0.0011 * random.next() ** 6);
    const opacity = (1 - (y / horizon) ** 3) * random.between(0.25, 0.95);
    const x = at(random.next() * width);
    return `<circle cx="${x}" cy="${at(y)}" r="${size.toFixed(2)}" opacity="${opacity.toFixed(2)}"/>`;
  });
  return `<g fill="${paint(mix(palette.sun, WHITE, 0.6))}">${stars.join('')}</g>`;
}

function paintSunOrMoon({ sun, palette, scene }: Stage): string {
  const body = palette.time === 'night' ? 'moon' : 'sun';
  const radius = sun.radius * (scene.features.has(body) ? 1.1 : 0.8);
  const place = `cx="${at(sun.x)}" cy="${at(sun.y)}" r="${at(radius)}"`;
  const disc = `<circle ${place} fill="${paint(scene.accents.get(body) ?? palette.sun)}"/>`;
  return glow('halo', { ...sun, radius: radius * 4.6 }, palette.glow, 0.6) + disc;
}

/** A lighthouse on the rocks: a striped tower, and its lamp when the light is low. */
function paintLighthouse(stage: Stage, land: Land): string {
  const { palette, scene } = stage;
  const { x: rocks, z } = headlandOf(stage);
  const across = rocks * 0.72;
  const { x, y, size } = project(stage, across, land.height(across, z) - 0.06, z);
  const tall = size * 1.05;
  const wide = tall * 0.105;
  const light = mix(palette.shade, palette.light, palette.dark ? 0.42 : 0.72);
  const seen = (colour: Colour): string => paint(mix(multiply(colour, light), palette.haze, land.haze(z, 1)));
  /** Between two heights, in shares of the tower's; `low` and `high` are half its width there. */
  const part = (from: number, to: number, low = 1 - 0.42 * from, high = 1 - 0.42 * to): string => {
    const point = (half: number, share: number) => `${at(x + wide * half)} ${at(y - tall * share)}`;
    return `M${point(-low, from)}L${point(-high, to)}L${point(high, to)}L${point(low, from)}Z`;
  };
  const dark = seen(hex('#2b2c30'));
  const bands = [0.16, 0.46, 0.76].map((from) => part(from, from + 0.14)).join('');
  const isLit = palette.time !== 'day';
  const [left, right] = stage.sun.x > x ? [0.5, 0.02] : [0.02, 0.5];
  return (
    `<linearGradient id="tower"><stop offset="0" stop-opacity="${left}"/><stop offset="0.55" stop-opacity="0.14"/>` +
    `<stop offset="1" stop-opacity="${right}"/></linearGradient>` +
    `<path d="${part(0, 1)}" fill="${seen(hex('#f4f1ea'))}"/>` +
    `<path d="${bands}" fill="${seen(scene.accents.get('lighthouse') ?? hex('#b8382f'))}"/>` +
    `<path d="${part(0, 1)}" fill="url(#tower)"/>` +
    `<path d="${part(0.99, 1.02, 0.78, 0.78) + part(1.11, 1.2, 0.6, 0)}" fill="${dark}"/>` +
    `<path d="${part(1.02, 1.12, 0.42, 0.42)}" fill="${isLit ? paint(mix(LAMP, WHITE, 0.5)) : seen(hex('#9fb2bd'))}"/>` +
    (isLit ? glow('lamp', { x, y: y - tall * 1.07, radius: tall * 0.45 }, LAMP, 0.85) : '')
  );
}
