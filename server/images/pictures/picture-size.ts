/**
 * The size that a picture claims, read without its decoder: the server process runs no native code on bytes from outside,
 * and reads no more of a file than its header. The process that decodes the picture checks all of it again.
 */
import type { ReadableContentType } from './content-type.ts';
import type { ReadAt } from './header-reader.ts';
import { endOfImage, nextMarker, startOfImage, startOfScan } from './jpeg.ts';

export interface PictureSize {
  /** Pixels as stored: an EXIF orientation may exchange them. */
  width: number;
  height: number;
  /** More than 8 bits a channel. */
  isDeep: boolean;
}

/** Undefined where the header has none: no decoder reads such a picture. */
export async function readPictureSize(
  contentType: ReadableContentType,
  readAt: ReadAt,
): Promise<PictureSize | undefined> {
  const size = await readers[contentType](readAt);
  return size && size.width > 0 && size.height > 0 ? size : undefined;
}

type SizeReader = (readAt: ReadAt) => Promise<PictureSize | undefined>;

const readers: Readonly<Record<ReadableContentType, SizeReader>> = {
  // The chunk IHDR comes first (PNG specification, section 11.2.1).
  async 'image/png'(readAt) {
    const head = await readAt(16, 9);
    if (head.length < 9) return undefined;
    return { width: head.readUInt32BE(0), height: head.readUInt32BE(4), isDeep: head[8] === 16 };
  },
  async 'image/gif'(readAt) {
    const head = await readAt(6, 4);
    return head.length < 4
      ? undefined
      : { width: head.readUInt16LE(0), height: head.readUInt16LE(2), isDeep: false };
  },
  'image/webp': readWebpSize,
  'image/jpeg': readJpegSize,
  'image/avif': readAvifSize,
};

/** The first chunk has it: VP8X, VP8L or VP8 (RFC 9649, section 2). */
async function readWebpSize(readAt: ReadAt): Promise<PictureSize | undefined> {
  const head = await readAt(12, 18);
  if (head.length < 18) return undefined;
  switch (head.toString('latin1', 0, 4)) {
    case 'VP8X':
      return { width: head.readUIntLE(12, 3) + 1, height: head.readUIntLE(15, 3) + 1, isDeep: false };
    case 'VP8L': {
      const bits = head.readUInt32LE(9);
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1, isDeep: false };
    }
    case 'VP8 ':
      return { width: head.readUInt16LE(14) & 0x3fff, height: head.readUInt16LE(16) & 0x3fff, isDeep: false };
    default:
      return undefined;
  }
}

/** Cameras write some hundred segments; without a limit, 5 MB of empty ones would take a second. */
const maxSegments = 5_000;
const searchBytes = 4_096;
/** SOF0 to SOF15 without the tables DHT, JPG and DAC between them (ITU-T T.81, table B.1). */
const isStartOfFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);

/** The frame header, before the first scan. As decoders do, it passes over bytes that stand where a marker is expected. */
async function readJpegSize(readAt: ReadAt): Promise<PictureSize | undefined> {
  let at = 2;
  for (let segments = 0; segments < maxSegments; segments += 1) {
    const found = await findMarker(readAt, at);
    if (found === undefined) return undefined;
    const head = await readAt(found, 10);
    if (head.length < 10) return undefined;
    const marker = head.readUInt8(1);
    const length = head.readUInt16BE(2);
    if (isStartOfFrame(marker)) {
      const [precision, components] = [head.readUInt8(4), head.readUInt8(9)];
      if (length !== 8 + 3 * components || ![8, 12, 16].includes(precision)) return undefined;
      return { width: head.readUInt16BE(7), height: head.readUInt16BE(5), isDeep: precision > 8 };
    }
    if (marker === endOfImage || marker === startOfScan) return undefined;
    const isAlone = marker === startOfImage || marker === 0x01;
    if (!isAlone && length < 2) return undefined;
    at = found + 2 + (isAlone ? 0 : length);
  }
  return undefined;
}

async function findMarker(readAt: ReadAt, from: number): Promise<number | undefined> {
  for (let at = from; ; at += searchBytes - 1) {
    const bytes = await readAt(at, searchBytes);
    const found = nextMarker(bytes, 0);
    if (found >= 0) return at + found;
    if (bytes.length < searchBytes) return undefined;
  }
}

/** What describes the pictures of a file takes far less. */
const maxMetaBytes = 256 * 1024;
const maxBoxes = 100;

/**
 * The largest of the sizes in the file: of the picture, its tiles and its thumbnail (ISO/IEC 23008-12, section 6.5.3).
 * Deep where any has a high bit depth (AV1 in ISOBMFF, section 2.3.3).
 */
async function readAvifSize(readAt: ReadAt): Promise<PictureSize | undefined> {
  const meta = await findMetaBox(readAt);
  if (!meta) return undefined;
  let size: PictureSize | undefined;
  for (const at of placesOf(meta, 'ispe')) {
    if (at + 16 > meta.length) continue;
    const [width, height] = [meta.readUInt32BE(at + 8), meta.readUInt32BE(at + 12)];
    if (!size || width * height > size.width * size.height) size = { width, height, isDeep: false };
  }
  const isDeep = placesOf(meta, 'av1C').some((at) => ((meta[at + 6] ?? 0) & 0x40) > 0);
  return size && { ...size, isDeep };
}

async function findMetaBox(readAt: ReadAt): Promise<Buffer | undefined> {
  let at = 0;
  for (let boxes = 0; boxes < maxBoxes; boxes += 1) {
    const head = await readAt(at, 16);
    if (head.length < 16) return undefined;
    const short = head.readUInt32BE(0);
    // 1: the length follows in 64 bits. 0: up to the end of the file.
    const length = short === 1 ? Number(head.readBigUInt64BE(8)) : short === 0 ? Infinity : short;
    if (head.toString('latin1', 4, 8) === 'meta') return readAt(at, Math.min(length, maxMetaBytes));
    if (length < 8) return undefined;
    at += length;
    if (!Number.isSafeInteger(at)) return undefined;
  }
  return undefined;
}

/** Where the name of a box stands, in all boxes. */
function placesOf(meta: Buffer, name: string): number[] {
  const places: number[] = [];
  for (let at = meta.indexOf(name); at >= 0; at = meta.indexOf(name, at + 4)) places.push(at);
  return places;
}
