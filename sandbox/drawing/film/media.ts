import sharp from 'sharp';
import { createPace } from '../base/pace.ts';
import { fromSharp, GREY, layer, resized, smoothed, toSharp } from '../base/raster.ts';
import { smoothstep, type Raster, type Stage } from '../base/stage.ts';

const BRUSH_SIDE = 620;
const PAPER = [248, 244, 235] as const;

/** Detail run together into washes of the size of a brush. */
export async function watercoloured(raster: Raster): Promise<Raster> {
  const { width, height } = raster;
  const shrink = Math.min(1, BRUSH_SIDE / Math.max(width, height));
  const fitted = await resized(
    raster,
    Math.max(1, Math.round(width * shrink)),
    Math.max(1, Math.round(height * shrink)),
  );
  const small = await fromSharp(smoothed(fitted, 5));
  const washed = await fromSharp(smoothed(small, 3).modulate({ saturation: 1.12 }).linear(0.9, 30));
  const lines = await fromSharp(
    toSharp(small)
      .recomb(GREY)
      .convolve({ width: 3, height: 3, kernel: [-1, -1, -1, -1, 8, -1, -1, -1, -1], scale: 1, offset: 0 })
      .linear(-1.1, 255),
  );
  const edged = await fromSharp(toSharp(washed).composite([layer(lines, 'multiply')]));
  return resized(edged, width, height);
}

/** Uneven pigment, the tooth of the paper, and its white margin with a ragged edge. */
export async function paintPigment(raster: Raster, stage: Stage): Promise<Raster> {
  const { noise } = stage;
  const shrink = Math.min(1, BRUSH_SIDE / Math.max(raster.width, raster.height));
  const width = Math.max(4, Math.round(raster.width * shrink));
  const height = Math.max(4, Math.round(raster.height * shrink));
  const pace = createPace();
  const data = new Uint8ClampedArray(width * height * 4);
  const u = (stage.scene.hash % 997) / 997;
  const short = Math.min(width, height);
  for (let row = 0; row < height; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const [x, y] = [column / short, row / short];
      const ragged = noise.soft(u + x * 0.9, u + y * 0.9) * 0.02 + noise.soft(u + x * 0.25, y * 0.25) * 0.03;
      const inside = Math.min(column, row, width - 1 - column, height - 1 - row) / short - 0.034 + ragged;
      const margin = smoothstep(0.006, -0.002, inside);
      const rim = smoothstep(0.022, 0.004, inside) * 0.16;
      const bloom = noise.soft(u + x * 0.3, u + y * 0.3) * 0.3 + noise.soft(x * 2.4, y * 2.4) * 0.14;
      const index = (row * width + column) * 4;
      const dark = (1 - margin) * Math.max(0, rim - bloom * 0.1);
      const wash = (1 - margin) * Math.max(0, bloom * 0.55);
      const alpha = Math.min(1, margin + wash + dark);
      const shade = alpha > 0 ? dark / alpha : 0;
      for (let channel = 0; channel < 3; channel += 1)
        data[index + channel] = PAPER[channel]! * (1 - shade * 0.75);
      data[index + 3] = alpha * 255;
    }
    await pace();
  }
  const veil = await sharp(data, { raw: { width, height, channels: 4 } })
    .resize(raster.width, raster.height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  const raw = { width: raster.width, height: raster.height, channels: 4 as const };
  return fromSharp(toSharp(raster).composite([{ input: veil, raw }]));
}

/** A pencil drawing: the picture divided by its own blur, with a little of its light left. */
export async function sketched(raster: Raster): Promise<Raster> {
  const grey = await fromSharp(toSharp(raster).recomb(GREY));
  const radius = Math.max(1, Math.sqrt(raster.width * raster.height) / 170);
  const inverse = await fromSharp(toSharp(grey).negate().blur(radius));
  const lines = await fromSharp(toSharp(grey).composite([layer(inverse, 'colour-dodge')]));
  const tone = await fromSharp(toSharp(grey).linear(0.42, 150));
  return fromSharp(
    toSharp(lines)
      .linear(1.5, -132)
      .composite([layer(tone, 'multiply')])
      .tint({ r: 250, g: 244, b: 232 }),
  );
}
