import { mix, scaleTone, type Colour } from '../base/colour.ts';
import { createPace } from '../base/pace.ts';
import { smoothstep, type Raster, type Stage } from '../base/stage.ts';
import type { Turned } from './turned.ts';

/** What the objects stand before: a wall, a table, and the light of a window on both. */
export interface Backdrop {
  wall: Colour;
  table: Colour;
  /** Where the table ends, in pixels from the top, and how softly. */
  edge: number;
  softness: number;
  /** Whether the window's panes are seen on the wall. */
  panes: boolean;
}

/** Paints wall and table with the shadows of what will stand on it. */
export async function paintBackdrop(
  stage: Stage,
  backdrop: Backdrop,
  bodies: readonly Turned[],
): Promise<Raster> {
  const { width, height, scale, noise, random } = stage;
  const pace = createPace();
  const data = new Uint8ClampedArray(width * height * 3);
  const wallDark = scaleTone(backdrop.wall, 0.62);
  const tableDark = scaleTone(backdrop.table, 0.6);
  const sunlight = mix(backdrop.wall, [255, 236, 200], 0.62);
  const shadows = bodies.map(({ profile, x, y, height: tall }) => {
    const radius = Math.max(profile(0.02), profile(0.3) * 0.8) * tall;
    return { x, y, radius, length: (tall / radius) * 0.95 };
  });
  const [u, v] = [random.next(), random.next()];
  const slant = random.between(0.25, 0.5);
  const shift = random.between(0.02, 0.2);
  for (let row = 0; row < height; row += 1) {
    const onTable = smoothstep(backdrop.edge - backdrop.softness, backdrop.edge + backdrop.softness, row);
    for (let column = 0; column < width; column += 1) {
      const x = (column - width * 0.3) / scale;
      const y = (row - height * 0.3) / scale;
      const light =
        Math.exp(-(x * x * 0.62 + y * y * 0.75)) + noise.gentle(u + x * 0.09, v + y * 0.09) * 0.05;
      const index = (row * width + column) * 3;
      const shadow = onTable > 0 ? castShadow(shadows, column, row) * onTable : 0;
      const pane = backdrop.panes
        ? paneLight((column - width * (0.36 + shift)) / scale, (row - height * 0.34) / scale, slant)
        : 0;
      for (let channel = 0; channel < 3; channel += 1) {
        let wall = wallDark[channel]! + (backdrop.wall[channel]! - wallDark[channel]!) * light;
        wall += (sunlight[channel]! - wall) * pane * 0.6;
        const table =
          tableDark[channel]! + (backdrop.table[channel]! - tableDark[channel]!) * Math.min(1, light + 0.2);
        data[index + channel] = (wall + (table - wall) * onTable) * (1 - shadow);
      }
    }
    await pace();
  }
  return { data, width, height };
}

interface Shadow {
  x: number;
  y: number;
  radius: number;
  /** How far it is thrown, in radii. */
  length: number;
}

function castShadow(shadows: readonly Shadow[], column: number, row: number): number {
  let open = 1;
  for (const { x, y, radius, length } of shadows) {
    const along = (column - x) / radius;
    const away = (row - y + (column - x) * 0.1) / radius;
    if (along < -2.5 || Math.abs(away) > 1.5) continue;
    const spread = 0.2 + Math.max(0, along) * 0.05;
    const thrown =
      smoothstep(-0.9, 0.5, along) *
      smoothstep(length, length * 0.1, along) *
      Math.exp(-((away / spread) ** 2));
    const contact = Math.exp(-((along / 1.05) ** 4) - ((away - 0.06) / 0.26) ** 2);
    open *= (1 - 0.5 * thrown) * (1 - 0.5 * contact);
  }
  return 1 - open;
}

function paneLight(x: number, y: number, slant: number): number {
  const across = x;
  const down = y + x * slant;
  const bars = (value: number, half: number): number =>
    smoothstep(half + 0.014, half - 0.014, Math.abs(value));
  const frame = bars(across, 0.2) * bars(down, 0.27);
  const cross = bars(across, 0.009) + bars(down - 0.09, 0.009) + bars(down + 0.09, 0.009);
  return frame * Math.max(0, 1 - cross) * (1 - 0.35 * smoothstep(-0.2, 0.25, across));
}
