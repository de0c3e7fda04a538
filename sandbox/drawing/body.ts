import { BLACK, mix, paint, WHITE, type Colour } from './colour.ts';
import { at } from './raster.ts';

/** A vessel or a fruit, turned on an axis, standing in the picture. Lengths in pixels. */
export interface Body {
  profile: Profile;
  /** The middle of the foot. */
  x: number;
  y: number;
  height: number;
  colour: Colour;
  /** 0 for clay, 1 for glaze. */
  gloss: number;
  /** What lies in a vessel. */
  contents: readonly Body[];
  isFruit: boolean;
}

/** Half the width in heights of the body, at even steps from the foot up. */
export type Profile = readonly number[];

/** How much of a circle lying flat is seen of its depth: the eye stands a little above the table. */
const TILT = 0.2;
const RINGS = 24;

/** The body in the light of a window at its upper left; `bounce` is the colour of the table. */
export function paintBody(body: Body, id: string, bounce: Colour): string {
  const { colour, gloss, contents, isFruit } = body;
  const shade = mix(mix(BLACK, colour, 0.3), bounce, 0.12);
  const lit = mix(colour, WHITE, 0.18);
  const sides = isFruit
    ? [lit, mix(lit, shade, 0.12), mix(lit, shade, 0.5), shade, mix(shade, bounce, 0.25)]
    : [mix(lit, shade, 0.4), lit, mix(lit, shade, 0.35), mix(lit, shade, 0.95), mix(shade, bounce, 0.3)];
  const stops = sides.map(
    (each, index) => `<stop offset="${[0, 0.27, 0.55, 0.88, 1][index]}" stop-color="${paint(each)}"/>`,
  );
  const gradient = isFruit ? 'radialGradient' : 'linearGradient';
  const place = isFruit ? 'cx="0.4" cy="0.4" r="0.66" fx="0.32" fy="0.3"' : '';
  const outline = bandOf(body, -1, 1);
  const window = bandOf(body, -0.66, -0.46, 0.28, 0.8);
  return (
    (isFruit ? '' : paintMouth(body, id)) +
    contents.map((each, index) => paintBody(each, `${id}-${index}`, bounce)).join('') +
    `<${gradient} id="${id}" ${place}>${stops.join('')}</${gradient}><path d="${outline}" fill="url(#${id})"/>` +
    `<linearGradient id="${id}-foot" x2="0" y2="1"><stop offset="0.78" stop-opacity="0"/><stop offset="1" stop-opacity="0.4"/></linearGradient>` +
    `<path d="${outline}" fill="url(#${id}-foot)"/><path d="${window}" fill="#fff" opacity="${(gloss * 0.4).toFixed(2)}"/>` +
    (isFruit ? stemOf(body) : '')
  );
}

/** What is seen of the inside of a vessel, behind its contents and its front. */
function paintMouth({ profile, x, y, height, colour }: Body, id: string): string {
  const radius = halfAt(profile, 1) * height;
  const place = `cx="${at(x)}" cy="${at(y - height)}"`;
  const [near, far, rim] = [mix(BLACK, colour, 0.2), mix(BLACK, colour, 0.55), mix(colour, WHITE, 0.25)];
  return (
    `<linearGradient id="${id}-mouth"><stop stop-color="${paint(near)}"/><stop offset="1" stop-color="${paint(far)}"/></linearGradient>` +
    `<ellipse ${place} rx="${at(radius)}" ry="${at(radius * TILT)}" fill="${paint(rim)}"/>` +
    `<ellipse ${place} rx="${at(radius * 0.95)}" ry="${at(radius * 0.93 * TILT)}" fill="url(#${id}-mouth)"/>`
  );
}

function stemOf({ x, y, height }: Body): string {
  const curve = `q${at(height * 0.02)} ${at(-height * 0.1)} ${at(height * 0.09)} ${at(-height * 0.17)}`;
  const wide = (height * 0.035).toFixed(2);
  return `<path d="M${at(x)} ${at(y - height * 0.98)}${curve}" fill="none" stroke="#4a3524" stroke-width="${wide}" stroke-linecap="round"/>`;
}

/** On the table, away from the window, and darkest where the body stands. */
export function shadowOf({ x, y, height, profile }: Body, index: number): string {
  const radius = Math.max(halfAt(profile, 0.02), halfAt(profile, 0.3) * 0.8) * height;
  const long = Math.min(height, radius * 3);
  const ellipse = (across: number, rx: number, ry: number, opacity: number): string =>
    `<ellipse cx="${at(x + across)}" cy="${at(y + radius * 0.04)}" rx="${at(rx)}" ry="${at(ry)}" ` +
    `fill="url(#shadow${index})" opacity="${opacity}"/>`;
  return (
    `<radialGradient id="shadow${index}"><stop offset="0.2"/><stop offset="1" stop-opacity="0"/></radialGradient>` +
    ellipse(long * 0.6, long * 0.6 + radius, radius * TILT * 1.5, 0.4) +
    ellipse(radius * 0.1, radius * 1.3, radius * TILT * 1.6, 0.6)
  );
}

/** The path around the front between two sides, -1 at the left to 1 at the right, and two heights, 0 at the foot to 1. */
function bandOf({ profile, x, y, height }: Body, left: number, right: number, from = 0, to = 1): string {
  const point = (across: number, share: number): string => {
    const radius = halfAt(profile, share) * height;
    const nearer = Math.sqrt(1 - across * across) * radius * TILT;
    return `${at(x + across * radius)} ${at(y - share * height + nearer)}`;
  };
  const steps = Array.from({ length: RINGS + 1 }, (_, step) => step / RINGS);
  const across = steps.map((step) => left + (right - left) * step);
  const up = steps.map((step) => from + (to - from) * step);
  const points = [
    ...up.map((share) => point(left, share)),
    ...across.map((each) => point(each, to)),
    ...up.toReversed().map((share) => point(right, share)),
    ...across.toReversed().map((each) => point(each, from)),
  ];
  return `M${points.join('L')}Z`;
}

/** A smooth curve through the profile's points. */
function halfAt(profile: Profile, share: number): number {
  const last = profile.length - 1;
  const index = Math.min(last - 1, Math.floor(share * last));
  const [start, end] = [profile[index]!, profile[index + 1]!];
  const enter = (end - (profile[index - 1] ?? 2 * start - end)) / 2;
  const leave = ((profile[index + 2] ?? 2 * end - start) - start) / 2;
  const t = share * last - index;
  const fall = start - end;
  return start + t * (enter - t * (3 * fall + 2 * enter + leave - t * (2 * fall + enter + leave)));
}
