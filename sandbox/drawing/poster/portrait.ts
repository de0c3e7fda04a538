import sharp from 'sharp';
import { hex, mix, paint } from '../base/colour.ts';
import { svgDocument, type Raster, type Stage } from '../base/stage.ts';
import { paintLandscape } from '../landscape/landscape.ts';
import type { Setting } from '../prompt/vocabulary.ts';

/** A head in profile looking right, in a square of 100 that it stands on. */
const HEAD =
  'M18 100C20 88 30 83 35 79C37 76 37 72 36 68C29 62 25 53 25 43C25 26 37 14 53 14C67 14 76 23 77 34C77.500 38 76.500 41 77 44' +
  'C78 48 82 52 83.500 55.500C84 57 83 58 81 58.300C80 58.600 80.300 60 80.800 61.200C81.300 62.500 80.800 63.300 79.800 63.700C80.800 64.600 80.900 66 79.900 67' +
  'C78.800 68.200 79.300 69.500 79.300 71.500C79.300 75.500 76 77 71.500 76.300C67.500 75.700 64.500 75.800 63 78C61.500 80.500 62 83 64.500 85.500C69 89 79 91 83 100Z';

/** A double exposure: a head in profile with a landscape inside it, before a pale wall. */
export async function paintPortrait(stage: Stage): Promise<{ raster: Raster; front: string }> {
  const { width, height, scale, random, scene, palette } = stage;
  const setting = random.pick<Setting>(['mountains', 'forest', 'coast']);
  const size = Math.min(width * 1.02, height * 0.92, scale);
  const within: Stage = {
    ...stage,
    horizon: height - size * 0.4,
    scene: { ...scene, setting, features: new Set(['birds', 'water']) },
  };
  const inner = await paintLandscape(within);
  const flip = random.chance(0.5) ? -1 : 1;
  const place = `translate(${width / 2 - flip * size * 0.52} ${height - size * 0.998}) scale(${(flip * size) / 100} ${size / 100})`;
  const wall = mix(mix(palette.sky[3], hex('#efe9df'), 0.6), palette.haze, palette.dark ? 0.35 : 0.1);
  const mask = svgDocument(stage, `<path d="${HEAD}" transform="${place}" fill="#fff"/>`);
  const figure = await sharp(inner.raster.data, { raw: { width, height, channels: 3 } })
    .composite([{ input: svgDocument(stage, inner.front) }])
    .png({ compressionLevel: 1 })
    .toBuffer();
  const cut = await sharp(figure)
    .ensureAlpha()
    .composite([{ input: mask, blend: 'dest-in' }])
    .png({ compressionLevel: 1 })
    .toBuffer();
  const back =
    `<radialGradient id="wall" cx="0.5" cy="0.4" r="0.75"><stop offset="0" stop-color="${paint(mix(wall, [255, 255, 255], 0.35))}"/><stop offset="1" stop-color="${paint(wall)}"/></radialGradient>` +
    `<rect width="${width}" height="${height}" fill="url(#wall)"/><circle cx="${width / 2}" cy="${height - size * 0.56}" r="${size * 0.4}" fill="${paint(palette.accent)}" opacity="0.22"/>`;
  const veil =
    `<linearGradient id="veil" x1="${flip > 0 ? 0 : 1}" y1="0" x2="${flip > 0 ? 1 : 0}" y2="0.2"><stop offset="0" stop-color="${paint(palette.shade)}" stop-opacity="0.6"/><stop offset="0.6" stop-color="${paint(palette.shade)}" stop-opacity="0.06"/></linearGradient>` +
    `<path d="${HEAD}" transform="${place}" fill="url(#veil)"/>`;
  const bytes = await sharp(svgDocument(stage, back))
    .composite([{ input: cut }, { input: svgDocument(stage, veil) }])
    .removeAlpha()
    .raw()
    .toBuffer();
  return {
    raster: { data: new Uint8ClampedArray(bytes.buffer, bytes.byteOffset, bytes.length), width, height },
    front: '',
  };
}
