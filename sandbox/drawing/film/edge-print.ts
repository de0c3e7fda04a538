import type { OverlayOptions } from 'sharp';
import { svgDocument } from '../base/stage.ts';

/** Strokes of each character on a grid 4 wide and 6 high, from the top left. */
const STROKES: Readonly<Record<string, string>> = {
  A: 'M0 6L2 0L4 6M.8 4H3.2',
  B: 'M0 0V6H2.4Q4 6 4 4.500T2.400 3H0H2.200Q3.600 3 3.600 1.500T2.200 0H0',
  C: 'M4 1.200Q3.400 0 2.100 0Q0 0 0 3T2.100 6Q3.400 6 4 4.800',
  D: 'M0 0V6H1.800Q4 6 4 3T1.800 0Z',
  E: 'M3.800 0H0V6H3.800M0 3H3',
  F: 'M3.800 0H0V6M0 3H3',
  G: 'M4 1.200Q3.400 0 2.100 0Q0 0 0 3T2.100 6Q4 6 4 3.400H2.300',
  H: 'M0 0V6M4 0V6M0 3H4',
  I: 'M2 0V6M.8 0H3.200M.8 6H3.200',
  J: 'M3.600 0V4.200Q3.600 6 1.900 6Q.4 6 .1 4.600',
  K: 'M0 0V6M3.900 0L0 3.500M1.300 2.400L4 6',
  L: 'M0 0V6H3.700',
  M: 'M0 6V0L2 3.600L4 0V6',
  N: 'M0 6V0L4 6V0',
  O: 'M2 0Q4 0 4 3T2 6Q0 6 0 3T2 0Z',
  P: 'M0 6V0H2.400Q4 0 4 1.700T2.400 3.400H0',
  Q: 'M2 0Q4 0 4 3T2 6Q0 6 0 3T2 0ZM2.400 4.300L4.100 6.300',
  R: 'M0 6V0H2.400Q4 0 4 1.600T2.400 3.200H0M2.200 3.200L4 6',
  S: 'M3.800 1.100Q3.300 0 2 0Q.2 0 .2 1.500Q.2 2.700 2 3T3.900 4.500Q3.900 6 2 6Q.6 6 0 4.800',
  T: 'M0 0H4M2 0V6',
  U: 'M0 0V4Q0 6 2 6T4 4V0',
  V: 'M0 0L2 6L4 0',
  W: 'M0 0L1 6L2 2L3 6L4 0',
  X: 'M0 0L4 6M4 0L0 6',
  Y: 'M0 0L2 3.100L4 0M2 3.100V6',
  Z: 'M0 0H4L0 6H4',
  '0': 'M2 0Q3.900 0 3.900 3T2 6Q.1 6 .1 3T2 0ZM1 4.600L3 1.400',
  '1': 'M.7 1.200L2.200 0V6M.8 6H3.600',
  '2': 'M.2 1.500Q.4 0 2 0Q3.800 0 3.800 1.600Q3.800 2.800 .1 6H4',
  '3': 'M.2 0H3.700L1.800 2.400Q3.900 2.500 3.900 4.200Q3.900 6 2 6Q.6 6 .1 4.900',
  '4': 'M3 6V0L0 4.300H4',
  '5': 'M3.600 0H.6L.3 2.700Q1 2.200 2 2.200Q3.900 2.300 3.900 4.100Q3.900 6 1.900 6Q.6 6 0 5',
  '6': 'M3.400 .2Q.1 1 .1 4.100Q.1 6 2 6T3.900 4.100Q3.900 2.300 2 2.300Q.6 2.300 .1 4',
  '7': 'M0 0H4L1.500 6',
  '8': 'M2 0Q3.600 0 3.600 1.400T2 2.800Q.4 2.800 .4 1.400T2 0ZM2 2.800Q4 2.900 4 4.400T2 6Q0 6 0 4.400T2 2.800Z',
  '9': 'M.6 5.800Q3.900 5 3.900 1.900Q3.900 0 2 0T.1 1.900Q.1 3.700 2 3.700Q3.400 3.700 3.900 2',
  '-': 'M.6 3H3.400',
  '.': 'M2 5.900V6',
  ':': 'M2 1.900V2M2 4.900V5',
  '/': 'M3.800 0L.2 6',
};
const ADVANCE = 5.6;
const GLYPH_HEIGHT = 6;
/** Letter height as a share of the picture's short side, and its least in pixels. */
const SIZE = 0.0155;
const LEAST_PX = 6;
const WIDEST = 0.9;
/** Distance from the edges, as a share of the short side. */
const MARGIN = 0.022;

/**
 * The mark for the lower left corner of a picture of the given size, printed like the edge of a film: amber letters on
 * a strip of film base; as a layer for sharp's `composite`. Letters A to Z in either case, digits and `- . : /` are
 * drawn; any other character leaves a space. Fonts are not used, because a machine may have none. Nothing for an empty
 * text, or for a picture too small to hold the strip.
 */
export function edgePrint(text: string, width: number, height: number): OverlayOptions | undefined {
  const characters = [...text.toUpperCase().trim()];
  const short = Math.min(width, height);
  const stripUnits = { width: 12 + characters.length * ADVANCE, height: 11.2 };
  const unit = Math.min(Math.max(LEAST_PX, short * SIZE) / GLYPH_HEIGHT, (width * WIDEST) / stripUnits.width);
  const strip = { width: Math.ceil(stripUnits.width * unit), height: Math.ceil(stripUnits.height * unit) };
  const margin = Math.round(Math.min(short * MARGIN, (width - strip.width) / 2));
  const top = height - margin - strip.height;
  if (characters.length === 0 || top < 0) return undefined;
  const glyphs = characters
    .map((character, index) => {
      const strokes = STROKES[character];
      const place = `translate(${(10 + index * ADVANCE).toFixed(2)} 2.6)`;
      return strokes === undefined ? '' : `<path d="${strokes}" transform="${place}"/>`;
    })
    .join('');
  const elements =
    `<rect width="${stripUnits.width}" height="${stripUnits.height}" rx="1.4" fill="#14100c" fill-opacity="0.58"/>` +
    '<path d="M2.8 3.2L6.8 5.6L2.8 8Z" fill="#ffbd59"/>' +
    `<g fill="none" stroke="#ffbd59" stroke-width="0.92" stroke-linecap="round" stroke-linejoin="round">${glyphs}</g>`;
  return { input: svgDocument(stripUnits, elements, strip), left: margin, top };
}
