import sharp from 'sharp';
import { maxPixels } from './decoder.ts';
import { isJpeg, readJpegStructure } from './jpeg.ts';

const endOfImage = Buffer.from([0xff, 0xd9]);
/** Coded bits that decode to something else than the zeros which a decoder puts in the place of missing ones. */
const padding = Buffer.alloc(64, 0x55);
/** A decoder reports missing pixels a band later, so not those of its last band: it has at most 32 lines. */
const lastLines = 32;

/**
 * The picture, its EOI added where a JPEG has all its pixels and only that is missing. Browsers show such files, libvips
 * refuses them. Anything else is returned as it is.
 */
export async function withEndOfImage(bytes: Uint8Array): Promise<Uint8Array> {
  if (!isJpeg(bytes) || readJpegStructure(bytes).end !== undefined) return bytes;
  const body = bytes.at(-1) === 0xff ? bytes.subarray(0, -1) : bytes;
  const ended = Buffer.concat([body, endOfImage]);
  try {
    const [as, padded] = [
      await readLastLines(ended, 'warning'),
      await readLastLines(Buffer.concat([body, padding, endOfImage]), 'none'),
    ];
    return as.equals(padded) ? ended : bytes;
  } catch {
    return bytes;
  }
}

async function readLastLines(bytes: Uint8Array, failOn: 'warning' | 'none'): Promise<Buffer> {
  const picture = sharp(bytes, { limitInputPixels: maxPixels, failOn });
  const { width, height } = await picture.metadata();
  const lines = Math.min(height, lastLines);
  return picture
    .extract({ left: 0, top: height - lines, width, height: lines })
    .raw()
    .toBuffer();
}
