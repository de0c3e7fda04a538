import { mix, scaleTone, type Colour } from '../base/colour.ts';
import { createPace } from '../base/pace.ts';
import { smoothstep, type Raster, type Stage } from '../base/stage.ts';
import type { Profile } from './vessels.ts';

/** A body turned on an axis, standing in the picture. Lengths in pixels. */
export interface Turned {
  profile: Profile;
  /** The middle of the foot. */
  x: number;
  y: number;
  height: number;
  colour: Colour;
  /** 0 for clay, 1 for glaze. */
  gloss: number;
  /** How many ribs run around it, 0 for none. */
  ribs: number;
  /** Whether one looks into it. */
  open: boolean;
  /** Strength of spots and drifts in its colour. */
  mottle: number;
}

/** How much of a circle lying flat is seen of its depth: the eye stands a little above the table. */
export const TILT = 0.2;
const LIGHT = normalised(-0.62, 0.55, 0.56);
const ROUNDS = 4;
const TABLE_STEPS = 400;

function normalised(x: number, y: number, z: number): readonly [number, number, number] {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}

/** The body's radius in pixels at a share of its height, from a table: profiles are too slow to ask for each pixel. */
function createRadius(body: Turned): (share: number) => number {
  const table = Float32Array.from({ length: TABLE_STEPS + 2 }, (_, step) => {
    const share = Math.min(1, step / TABLE_STEPS);
    const rib =
      1 +
      (body.ribs > 0 ? 0.035 * Math.sin(share * body.ribs * Math.PI * 2) * smoothstep(0.98, 0.85, share) : 0);
    return Math.max(0.001, body.profile(share) * body.height * rib);
  });
  return (share) => {
    const position = Math.min(1, Math.max(0, share)) * TABLE_STEPS;
    const step = Math.floor(position);
    return table[step]! + (table[step + 1]! - table[step]!) * (position - step);
  };
}

/** Paints the body, lit from the upper left as through a large window. */
export async function paintTurned(stage: Stage, raster: Raster, body: Turned, bounce: Colour): Promise<void> {
  const pace = createPace();
  const { width, height, data } = raster;
  const { noise, random } = stage;
  const [u, v] = [random.next(), random.next()];
  const radiusAt = createRadius(body);
  let widest = 0;
  for (let step = 0; step <= 24; step += 1) widest = Math.max(widest, radiusAt(step / 24));
  if (body.open) paintMouth(raster, body, radiusAt(1), mix(body.colour, [18, 16, 20], 0.72));
  const shade = mix(scaleTone(body.colour, 0.36, 0.95), bounce, 0.14);
  const light = mix(body.colour, [255, 250, 240], 0.16);
  const top = Math.max(0, Math.floor(body.y - body.height - 2));
  const bottom = Math.min(height - 1, Math.ceil(body.y + widest * TILT + 2));
  for (let row = top; row <= bottom; row += 1) {
    const left = Math.max(0, Math.floor(body.x - widest - 2));
    const right = Math.min(width - 1, Math.ceil(body.x + widest + 2));
    for (let column = left; column <= right; column += 1) {
      const dx = column + 0.5 - body.x;
      let share = (body.y - row - 0.5) / body.height;
      let radius = 1;
      for (let round = 0; round < ROUNDS; round += 1) {
        radius = radiusAt(share);
        const depth = Math.sqrt(Math.max(0, 1 - (dx / radius) ** 2)) * radius;
        share = (body.y - row - 0.5 + depth * TILT) / body.height;
      }
      const edge = Math.min(
        1,
        radius - Math.abs(dx) + 0.5,
        (1 - share) * body.height + 0.5,
        share * body.height + 0.5,
      );
      if (edge <= 0) continue;
      const nx = Math.max(-1, Math.min(1, dx / radius));
      const clamped = Math.min(0.995, Math.max(0.005, share));
      const rise = (radiusAt(clamped - 0.005) - radiusAt(clamped + 0.005)) / (0.01 * body.height);
      const round = Math.sqrt(Math.max(0, 1 - nx * nx));
      const length = Math.sqrt(1 + rise * rise);
      const [normalX, normalY, normalZ] = [nx / length, rise / length, round / length];
      const facing = normalX * LIGHT[0] + normalY * LIGHT[1] + normalZ * LIGHT[2];
      const lit = smoothstep(-0.35, 1.02, facing);
      const around = Math.asin(nx) / Math.PI;
      const drift = noise.soft(u + around * 0.5, v + share * 0.4) * body.mottle;
      const speck = smoothstep(0.3, 0.5, noise.soft(v + around * 2.4, u + share * 2.4)) * body.mottle * 0.5;
      const foot = 0.62 + 0.38 * smoothstep(0, 0.16, share);
      const index = (row * width + column) * 3;
      const shine = body.gloss * highlight(normalX, normalY, normalZ);
      const rim = (1 - round) ** 3 * 0.22 * smoothstep(0.2, 1, nx);
      for (let channel = 0; channel < 3; channel += 1) {
        let value =
          (shade[channel]! + (light[channel]! - shade[channel]!) * lit) *
          foot *
          (1 + drift * 0.4 - speck * 0.5);
        value += (bounce[channel]! - value) * rim;
        value += (255 - value) * shine;
        data[index + channel]! += (value - data[index + channel]!) * edge;
      }
    }
    await pace();
  }
}

/** The window mirrored in the glaze: a soft pane, and a weak one from the other side of the room. */
function highlight(x: number, y: number, z: number): number {
  const reflectedX = 2 * z * x;
  const reflectedY = 2 * z * y;
  const pane = (centreX: number, centreY: number, halfX: number, halfY: number): number =>
    smoothstep(halfX + 0.1, halfX - 0.06, Math.abs(reflectedX - centreX)) *
    smoothstep(halfY + 0.14, halfY - 0.1, Math.abs(reflectedY - centreY));
  return pane(-0.72, 0.28, 0.15, 0.52) * 0.55 + pane(0.9, 0.1, 0.06, 0.5) * 0.13;
}

function paintMouth(raster: Raster, body: Turned, radius: number, colour: Colour): void {
  const { width, height, data } = raster;
  const centre = body.y - body.height;
  for (
    let row = Math.max(0, Math.floor(centre - radius * TILT));
    row <= Math.min(height - 1, centre + radius * TILT);
    row += 1
  ) {
    for (
      let column = Math.max(0, Math.floor(body.x - radius));
      column <= Math.min(width - 1, body.x + radius);
      column += 1
    ) {
      const off = Math.hypot((column + 0.5 - body.x) / radius, (row + 0.5 - centre) / (radius * TILT));
      const edge = Math.min(1, (1 - off) * radius * TILT + 0.5);
      if (edge <= 0) continue;
      const inner = 0.55 + 0.6 * smoothstep(-1, 1, (column - body.x) / radius) + (off > 0.93 ? 0.9 : 0);
      const index = (row * width + column) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        data[index + channel]! += (colour[channel]! * inner - data[index + channel]!) * edge;
      }
    }
  }
}
