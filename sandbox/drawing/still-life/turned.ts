import { BLACK, mix, paint, WHITE, type Colour } from '../base/colour.ts';
import { at, smoothstep } from '../base/numbers.ts';

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
  /** What lies in it, where it is open. */
  contents?: readonly Turned[];
}

/** Half the width in heights of the body, at even steps from the foot up. */
export type Profile = readonly number[];

/** How much of a circle lying flat is seen of its depth: the eye stands a little above the table. */
export const TILT = 0.2;
const MOST_RINGS = 28;
const MOST_STRIPS = 72;
/** Towards the window: across, up and out of the picture. */
const LIGHT = [-0.62, 0.55, 0.56] as const;

/** The sides of the body, lit from the upper left as through a large window, in strips that follow its outline. */
export function paintSides(body: Turned, id: string, bounce: Colour): string {
  const steps = Math.min(MOST_RINGS, Math.round(8 + body.height / 16));
  const rings = Array.from({ length: steps + 1 }, (_, step) => ringOf(body, step / steps));
  const size = body.height * Math.max(1, halfAt(body.profile, 1) * 2);
  const count = Math.min(MOST_STRIPS, Math.round(14 + size / 8));
  // Closer together towards the edges, where the light turns quickest.
  const place = (strip: number): number => -Math.cos(Math.min(1, strip / count) * Math.PI);
  const edges = Array.from({ length: count + 2 }, (_, strip) =>
    rings.map((ring) => pointOf(body, ring, place(strip))),
  );
  const height = `y1="${at(body.y)}" y2="${at(body.y - body.height)}"`;
  let strips = '';
  for (let strip = 0; strip < count; strip += 1) {
    const stops = rings.map((ring) => {
      const colour = paint(lightOn(body, ring, place(strip + 0.5), bounce));
      return `<stop offset="${ring.share.toFixed(3)}" stop-color="${colour}"/>`;
    });
    // It reaches under the next one, so that nothing is seen between them.
    const outline = [...edges[strip]!, ...edges[strip + 2]!.toReversed()].join('L');
    strips +=
      `<linearGradient id="${id}-${strip}" gradientUnits="userSpaceOnUse" x1="0" x2="0" ${height}>` +
      `${stops.join('')}</linearGradient><path d="M${outline}Z" fill="url(#${id}-${strip})"/>`;
  }
  return strips;
}

/** What is seen of the inside of an open body, behind its contents and its front. */
export function paintMouth(body: Turned, id: string): string {
  const { radius } = ringOf(body, 1);
  const place = `cx="${at(body.x)}" cy="${at(body.y - body.height)}"`;
  const [near, far, rim] = [
    mix(BLACK, body.colour, 0.2),
    mix(BLACK, body.colour, 0.55),
    mix(body.colour, WHITE, 0.25),
  ].map(paint);
  return (
    `<linearGradient id="${id}-mouth"><stop stop-color="${near}"/><stop offset="1" stop-color="${far}"/></linearGradient>` +
    `<ellipse ${place} rx="${at(radius)}" ry="${at(radius * TILT)}" fill="${rim}"/>` +
    `<ellipse ${place} rx="${at(radius * 0.95)}" ry="${at(radius * 0.93 * TILT)}" fill="url(#${id}-mouth)"/>`
  );
}

interface Ring {
  share: number;
  /** In pixels. */
  radius: number;
  /** How much the radius shrinks over a pixel upwards. */
  lean: number;
}

function ringOf({ profile, height }: Turned, share: number): Ring {
  const [below, above] = [Math.max(0, share - 0.02), Math.min(1, share + 0.02)];
  const lean = (halfAt(profile, below) - halfAt(profile, above)) / (above - below);
  return { share, radius: halfAt(profile, share) * height, lean };
}

/** A smooth curve through the profile's points. */
export function halfAt(profile: Profile, share: number): number {
  const last = profile.length - 1;
  const index = Math.min(last - 1, Math.floor(share * last));
  const [start, end] = [profile[index]!, profile[index + 1]!];
  const enter = (end - (profile[index - 1] ?? 2 * start - end)) / 2;
  const leave = ((profile[index + 2] ?? 2 * end - start) - start) / 2;
  const t = share * last - index;
  const fall = start - end;
  return start + t * (enter - t * (3 * fall + 2 * enter + leave - t * (2 * fall + enter + leave)));
}

/** Where a ring is seen, `across` from -1 at its left to 1 at its right. */
function pointOf({ x, y, height }: Turned, { share, radius }: Ring, across: number): string {
  const nearer = Math.sqrt(1 - across * across) * radius * TILT;
  return `${at(x + across * radius)} ${at(y - share * height + nearer)}`;
}

function lightOn({ colour, gloss }: Turned, { share, lean }: Ring, across: number, bounce: Colour): Colour {
  const length = Math.hypot(1, lean);
  const round = Math.sqrt(1 - across * across);
  const [x, y, z] = [across / length, lean / length, round / length];
  const lit = smoothstep(-0.35, 1.02, x * LIGHT[0] + y * LIGHT[1] + z * LIGHT[2]);
  const shade = mix(mix(BLACK, colour, 0.3), bounce, 0.12);
  const surface = mix(shade, mix(colour, WHITE, 0.16), lit);
  const grounded = mix(BLACK, surface, 0.66 + 0.34 * smoothstep(0, 0.16, share));
  const rim = (1 - round) ** 2 * 0.25 * smoothstep(0.2, 1, across);
  return mix(mix(grounded, bounce, rim), WHITE, gloss * windowIn(2 * z * x, 2 * z * y));
}

/** The window mirrored in the glaze, by where the light that reaches the eye came from. */
function windowIn(across: number, up: number): number {
  const pane = smoothstep(0.27, 0.06, Math.abs(across + 0.72)) * smoothstep(0.66, 0.42, Math.abs(up - 0.28));
  return pane * 0.55 + smoothstep(0.16, 0.02, Math.abs(across - 0.9)) * 0.12;
}
