import { svgDocument, type Raster, type Stage } from '../base/stage.ts';
import { fromSharp, GREY, layer, resized, toSharp } from '../base/raster.ts';
import { createRandom } from '../base/random.ts';
import { paintPigment, sketched, watercoloured } from './media.ts';

const GRAIN_TILE = 256;
const BLOOM_SHRINK = 8;

/** Gives a drawn picture the look its prompt asks for, and a lens and film in any case. */
export async function finish(raster: Raster, stage: Stage): Promise<Raster> {
  const { styles } = stage.scene;
  let picture = raster;
  if (styles.has('sketch')) picture = await sketched(picture);
  else if (styles.has('watercolour')) picture = await watercoloured(picture);
  picture = await graded(picture, stage);
  picture = await exposed(picture, stage);
  return styles.has('watercolour') ? paintPigment(picture, stage) : picture;
}

/** Colour and contrast. */
async function graded(raster: Raster, { scene }: Stage): Promise<Raster> {
  const { styles } = scene;
  let pipeline = toSharp(raster);
  if (styles.has('black-and-white')) pipeline = pipeline.recomb(GREY).linear(1.16, -14);
  else if (styles.has('neon')) pipeline = pipeline.modulate({ saturation: 1.35 });
  else if (styles.has('faded'))
    pipeline = pipeline.modulate({ saturation: 0.72 }).linear([0.86, 0.82, 0.74], [30, 27, 31]);
  else if (styles.has('film'))
    pipeline = pipeline.modulate({ saturation: 0.9 }).linear([0.97, 0.95, 0.91], [9, 8, 10]);
  else return raster;
  return fromSharp(pipeline);
}

/** Light that spills around bright parts, corners that darken, and grain. */
async function exposed(raster: Raster, stage: Stage): Promise<Raster> {
  const { styles } = stage.scene;
  const { width, height } = raster;
  const flat = styles.has('minimal') || styles.has('sketch') || stage.scene.setting === 'abstract';
  const layers = [];
  if (!flat) {
    const small = await fromSharp(
      toSharp(raster)
        .resize(Math.ceil(width / BLOOM_SHRINK), Math.ceil(height / BLOOM_SHRINK), { fit: 'fill' })
        .linear(styles.has('neon') ? 0.75 : 0.6, styles.has('neon') ? -46 : -84)
        .blur(Math.max(1, Math.sqrt(width * height) / BLOOM_SHRINK / 26)),
    );
    layers.push(layer(await resized(small, width, height), 'screen'));
  }
  const corner = flat ? 0.1 : styles.has('film') || styles.has('black-and-white') ? 0.46 : 0.28;
  layers.push({ input: svgDocument(raster, vignette(raster, corner)) });
  const fine = Math.min(1, Math.sqrt(width * height) / 1000);
  const strength =
    fine * (styles.has('film') || styles.has('black-and-white') ? 15 : styles.has('minimal') ? 3 : 5.5);
  layers.push({ ...layer(grain(raster, stage.scene.hash, strength), 'overlay'), tile: true });
  return fromSharp(toSharp(raster).composite(layers));
}

function vignette({ width, height }: Raster, strength: number): string {
  return (
    `<radialGradient id="lens" cx="0.5" cy="0.48" r="0.78"><stop offset="0.5" stop-color="#05060a" stop-opacity="0"/>` +
    `<stop offset="1" stop-color="#05060a" stop-opacity="${strength}"/></radialGradient><rect width="${width}" height="${height}" fill="url(#lens)"/>`
  );
}

/**
 * A tile of grey grain, no larger than the picture it is for, around the middle grey that `overlay` leaves unchanged;
 * `strength` is its deviation.
 */
function grain(picture: Raster, seed: number, strength: number): Raster {
  const random = createRandom(seed);
  const [width, height] = [Math.min(GRAIN_TILE, picture.width), Math.min(GRAIN_TILE, picture.height)];
  const data = new Uint8ClampedArray(width * height * 3);
  for (let index = 0; index < data.length; index += 3) {
    const value = 128 + (random.next() + random.next() + random.next() - 1.5) * 2 * strength;
    data[index] = value;
    data[index + 1] = value;
    data[index + 2] = value;
  }
  return { data, width, height };
}
