/** Whether a file can be a reference: checks its size, its first bytes, then decodes it. */
import { maxUploadBytes, maxUploadPixels, type pictureTypes } from './reference-problem.ts';

type PictureType = (typeof pictureTypes)[number];

export type FileFault = 'tooBig' | 'tooManyPixels' | 'wrongType' | 'unreadable';

export interface PictureSize {
  width: number;
  height: number;
}

/** Decodes an image; rejects if it is damaged. */
export type DecodePicture = (file: Blob) => Promise<PictureSize>;

type FileCheck =
  | {
      fault: FileFault;
      /** Whether shrinking it may help. */
      canShrink: boolean;
    }
  | { type: PictureType; size: PictureSize };

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
  const starts = (bytes: readonly number[], at = 0) =>
    bytes.every((byte, index) => head[at + index] === byte);
  if (starts([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png';
  if (starts([0xff, 0xd8, 0xff])) return 'image/jpeg';
  if (starts([0x52, 0x49, 0x46, 0x46]) && starts([0x57, 0x45, 0x42, 0x50], 8)) return 'image/webp';
  if (!starts([0x66, 0x74, 0x79, 0x70], 4)) return undefined;
  const brand = String.fromCodePoint(...head.slice(8, 12));
  if (/^avi[fs]$/.test(brand)) return 'image/avif';
  return /^(hei[cxms]|hev[cx]|mif1|msf1)$/.test(brand) ? 'image/heic' : undefined;
}

async function decodePicture(file: Blob): Promise<PictureSize> {
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  bitmap.close();
  return { width, height };
}

/** Larger files are not compared: reading them takes longer than sending them twice. */
const maxComparedBytes = 64 * 1024 * 1024;

/** The id of the first item with the same bytes; undefined if there is none. `files` may hold more than `items`. */
export async function twinOf(
  file: File,
  items: readonly { id: string }[],
  files: ReadonlyMap<string, File>,
): Promise<string | undefined> {
  const candidates = items
    .flatMap(({ id }) => (files.has(id) ? [[id, files.get(id)!] as const] : []))
    .filter(([, other]) => other.size === file.size);
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
