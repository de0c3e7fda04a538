import { isJpeg } from './jpeg.ts';
import { isPng } from './png.ts';
import { wrongType } from './refusals.ts';

/** What is stored, and what every model takes. */
export type PictureContentType = 'image/png' | 'image/jpeg' | 'image/webp';

/** What can be read. */
export type ReadableContentType = PictureContentType | 'image/avif' | 'image/gif';

const storedTypes: readonly ReadableContentType[] = ['image/png', 'image/jpeg', 'image/webp'];
export const uploadTypes: readonly ReadableContentType[] = [...storedTypes, 'image/avif'];
export const resultTypes: readonly ReadableContentType[] = [...uploadTypes, 'image/gif'];

export function isStoredType(contentType: ReadableContentType): contentType is PictureContentType {
  return storedTypes.includes(contentType);
}

/**
 * The type of the picture that begins with these bytes, of which 256 suffice.
 * @throws {AppError} UNSUPPORTED_MEDIA_TYPE where it is not accepted
 */
export function acceptedContentType(
  bytes: Uint8Array,
  accepted: readonly ReadableContentType[],
): ReadableContentType {
  const contentType = sniffContentType(bytes);
  // libvips comes without a HEVC decoder, whose patents need a licence.
  if (contentType === 'image/heic')
    throw wrongType('This is a HEIC photo, which cannot be read here. Save or export it as JPEG.');
  if (!contentType || !accepted.includes(contentType))
    throw wrongType('This file is not a PNG, JPEG, WebP or AVIF image. Try PNG, JPEG or WebP.');
  return contentType;
}

const heicBrands = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'];

/** What the bytes begin like; names and headers are never asked. */
export function sniffContentType(bytes: Uint8Array): ReadableContentType | 'image/heic' | undefined {
  const textAt = (at: number, length: number) =>
    Buffer.from(bytes.subarray(at, at + length)).toString('latin1');
  if (isPng(bytes)) return 'image/png';
  if (isJpeg(bytes)) return 'image/jpeg';
  if (textAt(0, 4) === 'RIFF' && textAt(8, 4) === 'WEBP') return 'image/webp';
  if (['GIF87a', 'GIF89a'].includes(textAt(0, 6))) return 'image/gif';
  if (textAt(4, 4) !== 'ftyp') return undefined;
  const brands = readBrands(bytes);
  // Generic brands such as `mif1` stand in both.
  if (brands.some((brand) => brand === 'avif' || brand === 'avis')) return 'image/avif';
  return brands.some((brand) => heicBrands.includes(brand)) ? 'image/heic' : undefined;
}

/** The major brand and the compatible ones of an ISO base media file (ISO/IEC 14496-12, section 4.3). */
function readBrands(bytes: Uint8Array): string[] {
  const box = Buffer.from(bytes.subarray(0, 256));
  const end = Math.min(box.length, box.readUInt32BE(0));
  const brands = [box.toString('latin1', 8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(box.toString('latin1', at, at + 4));
  return brands;
}
