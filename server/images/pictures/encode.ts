import type { OutputInfo, Sharp } from 'sharp';
import { AppError } from '../../lib/errors.ts';
import { maxReferenceBytesOfAnyModel } from '../../models/catalogue.ts';
import type { PictureContentType, ReadableContentType } from './content-type.ts';
import { openPicture, orUnreadable } from './decoder.ts';
import { readJpegCompression } from './jpeg.ts';
import { encodePalettePng } from './png.ts';
import { readWebpChunks } from './webp.ts';

/** A picture as it is to be stored; see `PictureFacts`. */
export interface Encoded {
  bytes: Uint8Array;
  contentType: PictureContentType;
  width: number;
  height: number;
}

/** One way to encode a picture; undefined where it does not suit this one. */
type Attempt = () => Promise<Encoded | undefined>;

/** WebP can be no wider or higher. */
const maxWebpPixels = 16_383;
/** Below these it does not matter whether a picture grows. One of a single colour takes half of the latter as a JPEG. */
const smallBytes = 65_536;
const smallBytesPerPixel = 0.03;

/**
 * The picture turned upright, in sRGB of 8 bits, without metadata, and no larger than it came nor than any model takes.
 * Its format is repeated as it was. Where that makes it larger, a PNG becomes a lossless WebP; only then quality is lowered.
 * @throws {AppError} UPLOAD_TOO_LARGE where no encoding is as small as the models need, UNREADABLE_IMAGE
 */
export async function encodeUpload(bytes: Uint8Array, contentType: ReadableContentType): Promise<Encoded> {
  const { width, height } = await openPicture(bytes).metadata();
  const ownBytes = Math.max(bytes.byteLength, smallBytes, width * height * smallBytesPerPixel);
  const maxBytes = Math.min(ownBytes, maxReferenceBytesOfAnyModel);
  let smallest: Encoded | undefined;
  for (const attempt of await attemptsOf(bytes, contentType, { width, height })) {
    const encoded = await attempt();
    if (!encoded) continue;
    if (encoded.bytes.byteLength <= maxBytes) return encoded;
    if (!smallest || encoded.bytes.byteLength < smallest.bytes.byteLength) smallest = encoded;
  }
  if (smallest && smallest.bytes.byteLength <= maxReferenceBytesOfAnyModel) return smallest;
  throw tooLargeForModels(smallest?.bytes.byteLength ?? 0);
}

/** A provider's picture in a format that every browser and model takes: a lossy AVIF at high quality, a GIF exactly. */
export async function encodeResult(bytes: Uint8Array, contentType: ReadableContentType): Promise<Encoded> {
  const { width, height } = await openPicture(bytes).metadata();
  if (Math.max(width, height) > maxWebpPixels) return encode('image/png', upright(bytes).png());
  const options = contentType === 'image/gif' ? { lossless: true } : { quality: 95 };
  return encode('image/webp', upright(bytes).webp(options));
}

async function attemptsOf(
  bytes: Uint8Array,
  contentType: ReadableContentType,
  { width, height }: { width: number; height: number },
): Promise<Attempt[]> {
  const isLarge = width * height > 16_000_000;
  const fitsWebp = Math.max(width, height) <= maxWebpPixels;
  const lossy = (qualities: number[]): Attempt[] =>
    qualities.map((quality) =>
      fitsWebp
        ? () => encode('image/webp', upright(bytes).webp({ quality, effort: isLarge ? 2 : 4 }))
        : () => encode('image/jpeg', upright(bytes).jpeg({ quality })),
    );
  const lossless = (effort: number): Attempt[] =>
    fitsWebp ? [() => encode('image/webp', upright(bytes).webp({ lossless: true, effort }))] : [];
  switch (contentType) {
    case 'image/jpeg': {
      const { quality, hasFullChroma } = readJpegCompression(bytes);
      const qualities = [0, 3, 8, 16, 30].map((less) => Math.max(20, Math.min(95, quality) - less));
      const options = {
        chromaSubsampling: hasFullChroma ? '4:4:4' : '4:2:0',
        // Optimised codes save a few per cent, and hold 6 bytes a pixel until the last line.
        optimiseCoding: !isLarge,
      };
      return qualities.map(
        (quality) => () => encode('image/jpeg', upright(bytes).jpeg({ quality, ...options })),
      );
    }
    case 'image/png': {
      const { isPalette, space } = await openPicture(bytes).metadata();
      const hasFewColours = isPalette || space === 'b-w';
      const png = { adaptiveFiltering: !hasFewColours };
      return [
        ...(hasFewColours ? [() => encodeFewColours(bytes)] : []),
        () => encode('image/png', upright(bytes).png(png)),
        ...lossless(isLarge ? 0 : 2),
        ...lossy([95, 85, 70, 50]),
      ];
    }
    default:
      return contentType === 'image/webp' && isLosslessWebp(bytes)
        ? [...lossless(isLarge ? 2 : 4), ...lossy([95, 85, 70, 50])]
        : lossy([92, 85, 75, 60, 45, 30]);
  }
}

function upright(bytes: Uint8Array): Sharp {
  return openPicture(bytes).autoOrient();
}

async function encode(contentType: PictureContentType, picture: Sharp): Promise<Encoded> {
  const { data, info } = await read(picture);
  return { bytes: data, contentType, width: info.width, height: info.height };
}

async function encodeFewColours(bytes: Uint8Array): Promise<Encoded | undefined> {
  const { data, info } = await read(upright(bytes).toColourspace('srgb').ensureAlpha().raw());
  const { width, height } = info;
  const png = await encodePalettePng(data, { width, height });
  return png && { bytes: png, contentType: 'image/png', width, height };
}

function read(picture: Sharp): Promise<{ data: Buffer; info: OutputInfo }> {
  return orUnreadable(picture.toBuffer({ resolveWithObject: true }));
}

function isLosslessWebp(bytes: Uint8Array): boolean {
  return readWebpChunks(bytes).some(({ name }) => name === 'VP8L');
}

function tooLargeForModels(byteSize: number): AppError {
  const [size, most] = [byteSize, maxReferenceBytesOfAnyModel].map(
    (bytes) => `${(bytes / 1_000_000).toFixed(1)} MB`,
  );
  const message = `This image takes ${size} as the models read it, and they take up to ${most}. Make it smaller.`;
  return new AppError('UPLOAD_TOO_LARGE', message, 'file');
}
