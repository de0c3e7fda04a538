import type { OverlayOptions } from 'sharp';
import { svgDocument, type Size } from './raster.ts';

/** Strokes of SANDBOX on a grid 4 wide and 6 high, from the top left. Fonts are not used, as a machine may have none. */
const LETTERS = [
  'M3.8 1.1Q3.300 0 2 0Q.2 0 .2 1.500Q.2 2.700 2 3T3.900 4.500Q3.900 6 2 6Q.6 6 0 4.800',
  'M0 6L2 0L4 6M.8 4H3.2',
  'M0 6V0L4 6V0',
  'M0 0V6H1.800Q4 6 4 3T1.800 0Z',
  'M0 0V6H2.4Q4 6 4 4.500T2.400 3H0H2.200Q3.600 3 3.600 1.500T2.200 0H0',
  'M2 0Q4 0 4 3T2 6Q0 6 0 3T2 0Z',
  'M0 0L4 6M4 0L0 6',
];
const ADVANCE = 5.6;
const STRIP = { width: 12 + LETTERS.length * ADVANCE, height: 11.2 };
const LETTER_HEIGHT = 6;
/** Letter height and distance from the edges as shares of the picture's short side, and the least letter in pixels. */
const LETTER_SHARE = 0.0155;
const MARGIN_SHARE = 0.022;
const LEAST_LETTER_PX = 6;
const WIDEST_SHARE = 0.9;

/**
 * The word SANDBOX for the lower left corner of a picture of the given size, amber on a dark strip, as a layer for
 * sharp's `composite`. Nothing for a picture too small to hold the strip.
 */
export function sandboxMark({ width, height }: Size): OverlayOptions | undefined {
  const short = Math.min(width, height);
  const letter = Math.max(LEAST_LETTER_PX, short * LETTER_SHARE);
  const unit = Math.min(letter / LETTER_HEIGHT, (width * WIDEST_SHARE) / STRIP.width);
  const size = { width: Math.ceil(STRIP.width * unit), height: Math.ceil(STRIP.height * unit) };
  const margin = Math.round(Math.min(short * MARGIN_SHARE, (width - size.width) / 2));
  const top = height - margin - size.height;
  if (top < 0) return undefined;
  const letters = LETTERS.map((strokes, index) => {
    const place = `translate(${(10 + index * ADVANCE).toFixed(2)} 2.6)`;
    return `<path d="${strokes}" transform="${place}"/>`;
  });
  const elements =
    `<rect width="${STRIP.width}" height="${STRIP.height}" rx="1.4" fill="#14100c" fill-opacity="0.58"/>` +
    '<path d="M2.8 3.2L6.8 5.6L2.8 8Z" fill="#ffbd59"/>' +
    `<g fill="none" stroke="#ffbd59" stroke-width="0.92" stroke-linecap="round" stroke-linejoin="round">${letters.join('')}</g>`;
  return { input: svgDocument(STRIP, elements, size), left: margin, top };
}
