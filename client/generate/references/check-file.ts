/** Makes a file fit for upload: checks it, finds duplicates, shrinks it to the limits. Loaded with the first file. */
import { maxUploadBytes, maxUploadPixels, type pictureTypes } from './references.ts';

type PictureType = (typeof pictureTypes)[number];

export type FileFault = 'tooBig' | 'tooManyPixels' | 'wrongType' | 'unreadable';

export interface PictureSize {
  width: number;
  height: number;
}

/** Decodes an image; rejects if it is damaged. */
export type DecodePicture = (file: Blob) => Promise<PictureSize>;

/** `canShrink`: whether shrinking it may help. */
type FileCheck = { fault: FileFault; canShrink: boolean } | { type: PictureType; size: PictureSize };

export async function checkFile(file: Blob, decode: DecodePicture = decodePicture): Promise<FileCheck> {
  try {
    const type = pictureTypeOf(new Uint8Array(await file.slice(0, 12).arrayBuffer()));
    if (!type) return { fault: 'wrongType', canShrink: false };
    // The server reads no HEIC; a browser that does can convert it.
    if (type === 'image/heic') return { fault: 'wrongType', canShrink: true };
    if (file.size > maxUploadBytes) return { fault: 'tooBig', canShrink: true };
    const size = await decode(file);
    if (size.width * size.height > maxUploadPixels) return { fault: 'tooManyPixels', canShrink: true };
    return { type, size };
  } catch {
    return { fault: 'unreadable', canShrink: false };
  }
}

/** By the first bytes (PNG and JPEG signatures, RIFF container of WebP, brand of AVIF and HEIC); a file's name and declared type prove nothing. */
export function pictureTypeOf(head: Uint8Array): PictureType | undefined {
  const text = String.fromCodePoint(...head);
  if (text.startsWith('\u0089PNG\r\n\u001a\n')) return 'image/png';
  if (text.startsWith('\u00ff\u00d8\u00ff')) return 'image/jpeg';
  if (text.startsWith('RIFF') && text.startsWith('WEBP', 8)) return 'image/webp';
  if (!text.startsWith('ftyp', 4)) return undefined;
  const brand = text.slice(8, 12);
  if (/^avi[fs]$/.test(brand)) return 'image/avif';
  return /^(hei[cxms]|hev[cx]|mif1|msf1)$/.test(brand) ? 'image/heic' : undefined;
}

async function decodePicture(file: Blob): Promise<PictureSize> {
  const { width, height, close } = await openPicture(file);
  close();
  return { width, height };
}

/** Larger files are not compared: reading them takes longer than sending them twice. */
const maxComparedBytes = 64 * 1024 * 1024;

/** The id of the item with the same bytes; undefined if there is none. `files` may hold more than `items`. */
export async function duplicateOf(
  file: File,
  items: readonly { id: string }[],
  files: ReadonlyMap<string, File>,
): Promise<string | undefined> {
  const candidates = [...files].filter(
    ([id, other]) => other.size === file.size && items.some((item) => item.id === id),
  );
  if (candidates.length === 0 || file.size > maxComparedBytes) return undefined;
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    for (const [id, candidate] of candidates) {
      const known = new Uint8Array(await candidate.arrayBuffer());
      if (bytes.every((byte, index) => byte === known[index])) return id;
    }
  } catch {
    // An unreadable file is reported when it is checked.
  }
  return undefined;
}

/** Models use far fewer pixels; more would only take longer. */
const maxSidePixels = 3072;
/** Scale and quality. */
const attempts = [
  [1, 0.9],
  [1, 0.8],
  [0.75, 0.8],
  [0.5, 0.8],
  [0.35, 0.75],
] as const;

/**
 * Shrinks an image to `limitBytes`: as WebP, which keeps transparency, or as JPEG if the browser encodes no WebP.
 * Throws if it cannot be decoded or drawn.
 */
export async function shrinkPicture(
  file: File,
  limitBytes: number = maxUploadBytes,
  open: OpenPicture = openPicture,
): Promise<File> {
  const picture = await open(file);
  try {
    const side = Math.max(picture.width, picture.height);
    for (const [scale, quality] of attempts) {
      const factor = Math.min(1, maxSidePixels / side) * scale;
      const size = {
        width: Math.max(1, Math.round(picture.width * factor)),
        height: Math.max(1, Math.round(picture.height * factor)),
        quality,
      };
      let blob = await picture.draw({ ...size, type: 'image/webp' });
      if (blob.type !== 'image/webp') blob = await picture.draw({ ...size, type: 'image/jpeg' });
      if (blob.size > limitBytes) continue;
      const ending = blob.type === 'image/webp' ? 'webp' : 'jpg';
      return new File([blob], `${file.name.replace(/\.[^.]*$/, '')}.${ending}`, { type: blob.type });
    }
  } finally {
    picture.close();
  }
  throw new Error('The picture stays too big.');
}

export type OpenPicture = typeof openPicture;

/** Opens an image; `close` frees its memory. */
async function openPicture(file: Blob) {
  const bitmap = await createImageBitmap(file);
  return {
    width: bitmap.width,
    height: bitmap.height,
    close: () => bitmap.close(),
    /** Draws it at a size and encodes it. The type of the result may differ from the requested one. */
    async draw(size: { width: number; height: number; type: string; quality: number }): Promise<Blob> {
      const { width, height, type, quality } = size;
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      const context = canvas.getContext('2d');
      if (!context) throw new Error('The browser draws no pictures.');
      if (type === 'image/jpeg') {
        // JPEG has no transparency; without this it would turn black.
        context.fillStyle = '#ffffff';
        context.fillRect(0, 0, width, height);
      }
      context.imageSmoothingQuality = 'high';
      context.drawImage(bitmap, 0, 0, width, height);
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
      // Safari holds on to the memory of a canvas until it has no pixels.
      canvas.width = 0;
      if (!blob) throw new Error('The browser could not write the picture.');
      return blob;
    },
  };
}
