import { hex, mix, paint, scaleTone } from '../base/colour.ts';
import { at, type Stage } from '../base/stage.ts';
import type { Turned } from './turned.ts';

/** Stems, leaves and blossoms rising from a vase. */
export function paintBouquet(stage: Stage, vase: Turned): string {
  const { random, scene, palette } = stage;
  const colour = scene.accents.get('flowers') ?? palette.accent;
  const reach = Math.min(vase.height * 0.95, vase.y - vase.height - stage.height * 0.06);
  const mouth = vase.y - vase.height;
  let leaves = '';
  let blossoms = '';
  const count = random.integer(7, 9);
  for (let stem = 0; stem < count; stem += 1) {
    const spread = (stem / (count - 1) - 0.5) * 2;
    const x = vase.x + spread * reach * random.between(0.42, 0.62);
    const y = mouth - reach * (0.92 - 0.38 * Math.abs(spread)) * random.between(0.78, 1);
    const start = vase.x + spread * vase.profile(1) * vase.height * 0.6;
    const green = paint(scaleTone(hex('#5d7350'), random.between(0.7, 1.05)));
    const bendX = start + (x - start) * 0.25;
    leaves += `<path d="M${at(start)} ${at(mouth + vase.height * 0.01)}Q${at(bendX)} ${at(mouth - (mouth - y) * 0.6)} ${at(x)} ${at(y)}" fill="none" stroke="${green}" stroke-width="${(vase.height * 0.011).toFixed(2)}"/>`;
    const leafX = start + (x - start) * 0.4;
    const leafY = mouth + (y - mouth) * 0.55;
    const side = random.chance(0.5) ? 1 : -1;
    const long = reach * random.between(0.16, 0.26);
    leaves += `<path d="M${at(leafX)} ${at(leafY)}q${at(side * long * 0.3)} ${at(-long * 0.7)} ${at(side * long)} ${at(-long * 0.5)}q${at(-side * long * 0.3)} ${at(long * 0.55)} ${at(-side * long)} ${at(long * 0.5)}Z" fill="${green}"/>`;
    blossoms += blossom(
      stage,
      x,
      y,
      vase.height * random.between(0.085, 0.125),
      mix(colour, hex('#fff3e4'), random.between(0, 0.35)),
    );
  }
  return leaves + blossoms;
}

function blossom(
  stage: Stage,
  x: number,
  y: number,
  size: number,
  colour: Parameters<typeof paint>[0],
): string {
  const { random } = stage;
  const turn = random.between(0, 72);
  let petals = '';
  for (const [ring, count] of [
    [1, 8],
    [0.72, 7],
    [0.45, 5],
  ] as const) {
    for (let petal = 0; petal < count; petal += 1) {
      const angle = turn * ring + (petal * 360) / count;
      const facing = Math.cos(((angle - 225) * Math.PI) / 180);
      const fill = scaleTone(colour, (ring === 1 ? 0.82 : ring > 0.6 ? 0.93 : 1) + facing * 0.07);
      petals += `<ellipse cx="${at(x)}" cy="${at(y - size * 0.52 * ring)}" rx="${at(size * 0.34 * ring)}" ry="${at(size * 0.52 * ring)}" fill="${paint(fill)}" transform="rotate(${angle.toFixed(0)} ${at(x)} ${at(y)})"/>`;
    }
  }
  return `${petals}<circle cx="${at(x)}" cy="${at(y)}" r="${at(size * 0.17)}" fill="${paint(mix(hex('#d9a53a'), scaleTone(colour, 0.6), 0.3))}"/>`;
}
