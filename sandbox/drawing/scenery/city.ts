import { hex, mix, paint, scaleTone } from '../base/colour.ts';
import { at, type Stage } from '../base/stage.ts';
import { waterEdge } from '../landscape/relief.ts';

const ROWS = 4;

/** A skyline on the far shore, in rows that pale with distance, with lit windows when the light is low. */
export function paintCity(stage: Stage): string {
  const { scene, palette } = stage;
  const foot = Math.ceil(waterEdge(stage)) + 1;
  let city = '';
  for (let row = 0; row < ROWS; row += 1) {
    const near = row / (ROWS - 1);
    city += paintRow(stage, near, foot);
    const fog = scene.weather.has('fog') ? 0.75 : 0.38;
    const reach = stage.scale * 0.16;
    city +=
      `<linearGradient id="street${row}" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="${paint(palette.haze)}" stop-opacity="0"/><stop offset="1" stop-color="${paint(mix(palette.haze, palette.dark ? palette.lamp : palette.glow, 0.34))}" stop-opacity="${((1 - near) * fog).toFixed(2)}"/></linearGradient>` +
      `<rect x="0" y="${at(foot - reach)}" width="${stage.width}" height="${at(reach)}" fill="url(#street${row})"/>`;
  }
  return city;
}

function paintRow(stage: Stage, near: number, foot: number): string {
  const { random, palette, width, scale, scene, noise } = stage;
  const lit = palette.time !== 'day';
  const offset = random.next();
  const wall = mix(
    scaleTone(palette.shade, palette.dark ? 1.15 : 1.05),
    palette.haze,
    0.82 - near * (lit ? 0.66 : 0.55),
  );
  const side = mix(wall, palette.light, 0.16);
  let walls = '';
  let sides = '';
  const windows: [string, string, string] = ['', '', ''];
  let x = -scale * random.between(0, 0.05);
  while (x < width) {
    const wide = scale * random.between(0.034, 0.08) * (0.7 + near * 0.4);
    const swell =
      0.6 +
      0.75 * noise.soft(offset + ((x / scale) * 0.16 + near), offset) +
      (scene.features.has('tall') ? 0.2 : 0);
    const peak = scale * (0.19 + 0.32 * random.next() ** 2.2) * Math.max(0.35, swell) * (1.25 - near * 0.4);
    const top = foot - peak;
    walls += `M${at(x)} ${at(foot)}V${at(top)}H${at(x + wide)}V${at(foot)}Z`;
    const crown = random.next();
    if (crown < 0.16)
      walls += `M${at(x + wide * 0.46)} ${at(top)}V${at(top - peak * 0.22)}H${at(x + wide * 0.54)}V${at(top)}Z`;
    else if (crown < 0.34)
      walls += `M${at(x)} ${at(top)}L${at(x + wide * 0.5)} ${at(top - wide * 0.7)}L${at(x + wide)} ${at(top)}Z`;
    else if (crown < 0.6) {
      const step = wide * 0.18;
      walls += `M${at(x + step)} ${at(top)}V${at(top - step)}H${at(x + wide - step)}V${at(top)}ZM${at(x + step * 2)} ${at(top - step)}V${at(top - step * 2.4)}H${at(x + wide - step * 2)}V${at(top - step)}Z`;
    }
    const facing = stage.sun.x > x ? x + wide * 0.74 : x;
    sides += `M${at(facing)} ${at(foot)}V${at(top)}h${at(wide * 0.26)}V${at(foot)}Z`;
    if (near > 0.2) addWindows(stage, windows, { x, top, wide, foot, lit });
    x += wide * random.between(0.92, 1.35);
  }
  const panes = scene.styles.has('neon')
    ? [palette.sky[3], palette.lamp, hex('#b48cff')]
    : lit
      ? [palette.lamp, mix(palette.lamp, hex('#fff6e4'), 0.6), mix(palette.lamp, hex('#ff9a5c'), 0.5)]
      : [mix(wall, palette.shade, 0.5), mix(wall, palette.shade, 0.35), mix(wall, palette.light, 0.5)];
  const strength = lit ? (palette.dark ? 0.95 : 0.7) : 0.6;
  return (
    `<path d="${walls}" fill="${paint(wall)}"/><path d="${sides}" fill="${paint(side)}" opacity="0.7"/>` +
    windows
      .map((path, kind) => `<path d="${path}" fill="${paint(panes[kind]!)}" opacity="${strength}"/>`)
      .join('')
  );
}

function addWindows(
  stage: Stage,
  windows: [string, string, string],
  tower: { x: number; top: number; wide: number; foot: number; lit: boolean },
): void {
  const { random, scale } = stage;
  const pitch = Math.max(3.2, scale * 0.0072);
  const share = tower.lit ? random.between(0.06, 0.4) : 0.5;
  for (let y = tower.top + pitch; y < tower.foot - pitch * 2; y += pitch) {
    for (let x = tower.x + pitch * 0.7; x < tower.x + tower.wide - pitch; x += pitch) {
      if (!random.chance(share)) continue;
      const kind = random.next() < 0.6 ? 0 : random.next() < 0.6 ? 1 : 2;
      windows[kind] += `M${at(x)} ${at(y)}h${at(pitch * 0.45)}v${at(pitch * 0.5)}h${at(-pitch * 0.45)}Z`;
    }
  }
}
