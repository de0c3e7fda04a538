import sharp, { type Sharp } from 'sharp';
import { isPng, readPngChunks, writePngChunks } from './png.ts';
import { damaged } from './refusals.ts';

// Every picture is new, so that libvips' cache of past operations would only hold on to memory.
sharp.cache(false);

/** Pictures above this are not decoded: their pixels alone would fill the memory of the process. */
export const maxPixels = 40_000_000;

/**
 * The picture in these bytes, for sharp: the first frame where there are several. Damage makes its pipeline reject.
 * @throws {AppError} UNREADABLE_IMAGE, immediately, for a PNG of too many chunks
 */
export function openPicture(bytes: Uint8Array): Sharp {
  return sharp(withoutText(bytes), { limitInputPixels: maxPixels, failOn: 'error' });
}

// The chunks that affect how pixels are shown: transparency, colour space, size and orientation.
const pngFacts = ['tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'cICP', 'sBIT', 'pHYs', 'eXIf'];

/**
 * The picture without the rest of a PNG's optional chunks. libpng unpacks every compressed text as it opens the file: 1 MB
 * of them takes gigabytes.
 */
function withoutText(bytes: Uint8Array): Uint8Array {
  if (!isPng(bytes)) return bytes;
  const seen = new Set<string>();
  const isNeeded = ({ name }: { name: string }) => {
    // An upper-case letter says that the picture cannot be read without it (PNG specification, section 5.4).
    if (/^[A-Z]/.test(name)) return true;
    return pngFacts.includes(name) && !seen.has(name) && seen.add(name);
  };
  try {
    return writePngChunks(readPngChunks(bytes).filter(isNeeded));
  } catch (error) {
    throw error instanceof RangeError ? damaged() : error;
  }
}

/**
 * The result of a sharp pipeline, which reads a picture of unknown origin.
 * @throws {AppError} UNREADABLE_IMAGE, whatever sharp rejects with
 */
export async function orUnreadable<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch {
    throw damaged();
  }
}

/** A picture's header is cheap to read at any size, so that its claims can be checked before its pixels are touched. */
export async function readMetadata(bytes: Uint8Array) {
  return orUnreadable(sharp(withoutText(bytes), { limitInputPixels: false, failOn: 'error' }).metadata());
}
