import { createRandom } from './base/random.ts';
import { fromSharp, GREY, layer, resized, shrunk, svgDocument, toSharp, type Raster } from './base/raster.ts';
import type { Scene } from './prompt/words.ts';

const GRAIN_TILE = 256;
const GRAIN_DEVIATION = 5.5;
const BLOOM_SHRINK = 8;

/** Gives a drawn picture a lens and film: light that spills around bright parts, darker corners, and grain. */
export async function finish(raster: Raster, { hash, blackAndWhite }: Scene): Promise<Raster> {
  const picture = blackAndWhite ? await fromSharp(toSharp(raster).recomb(GREY).linear(1.16, -14)) : raster;
  const scale = Math.sqrt(picture.width * picture.height);
  const small = await resized(picture, shrunk(picture, 1 / BLOOM_SHRINK));
  const bloom = toSharp(small)
    .linear(0.6, -84)
    .blur(Math.max(1, scale / BLOOM_SHRINK / 26));
  const layers = [
    layer(await resized(await fromSharp(bloom), picture), 'screen'),
    { input: svgDocument(picture, vignette) },
    { ...layer(grain(picture, hash, Math.min(1, scale / 1000)), 'overlay'), tile: true },
  ];
  return await fromSharp(toSharp(picture).composite(layers));
}

const vignette =
  '<radialGradient id="lens" cx="0.5" cy="0.48" r="0.78"><stop offset="0.5" stop-color="#05060a" stop-opacity="0"/>' +
  '<stop offset="1" stop-color="#05060a" stop-opacity="0.28"/></radialGradient>' +
  '<rect width="100%" height="100%" fill="url(#lens)"/>';

/**
 * A tile of grey grain, no larger than the picture it is for, around the middle grey that `overlay` leaves unchanged.
 */
function grain(picture: Raster, seed: number, strength: number): Raster {
  const random = createRandom(seed);
  const [width, height] = [Math.min(GRAIN_TILE, picture.width), Math.min(GRAIN_TILE, picture.height)];
  const data = new Uint8ClampedArray(width * height * 3);
  for (let index = 0; index < data.length; index += 3) {
    const noise = (random.next() + random.next() + random.next() - 1.5) * 2;
    data.fill(128 + noise * strength * GRAIN_DEVIATION, index, index + 3);
  }
  return { data, width, height };
}
