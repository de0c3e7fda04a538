/** A segment of a JPEG file: its marker's second byte, and what it holds. */
interface JpegSegment {
  marker: number;
  data: Buffer;
}

interface JpegStructure {
  /** Those with a length, scan headers included, in order. */
  segments: JpegSegment[];
  scans: number;
  /** Where the picture ends, behind its EOI marker; what follows is not part of it. Undefined where there is no EOI. */
  end: number | undefined;
}

export const startOfScan = 0xda;
export const startOfImage = 0xd8;
export const endOfImage = 0xd9;

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === startOfImage && bytes[2] === 0xff;
}

/**
 * The structure of a JPEG file up to its EOI (ITU-T T.81, annex B). As decoders do, it passes over bytes that stand where
 * a marker is expected. Neither a thumbnail within a segment nor coded pixels count as markers.
 */
export function readJpegStructure(bytes: Uint8Array): JpegStructure {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments: JpegSegment[] = [];
  let scans = 0;
  for (let at = nextMarker(file, 2); at >= 0; at = nextMarker(file, at)) {
    const marker = file.readUInt8(at + 1);
    if (marker === endOfImage) return { segments, scans, end: at + 2 };
    if (marker === startOfImage || marker === 0x01) {
      at += 2;
      continue;
    }
    const length = at + 4 <= file.length ? file.readUInt16BE(at + 2) : 0;
    const end = at + 2 + length;
    if (length < 2 || end > file.length) break;
    segments.push({ marker, data: file.subarray(at + 4, end) });
    if (marker === startOfScan) scans += 1;
    at = end;
  }
  return { segments, scans, end: undefined };
}

/** Where the next marker begins; -1 where there is none. In coded pixels, FF 00 is data and FF D0 to FF D7 are restarts. */
export function nextMarker(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0 && at + 1 < file.length; at = file.indexOf(0xff, at + 1)) {
    const marker = file.readUInt8(at + 1);
    const isData = marker === 0x00 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7);
    if (!isData) return at;
  }
  return -1;
}

const quantizationTables = 0xdb;
const startsOfFrame = [0xc0, 0xc1, 0xc2];

/** The luminance table of quality 50 (ITU-T T.81, table K.1), in any order. */
const luminance = [
  16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22,
  29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103,
  121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/**
 * How a JPEG was compressed: what to repeat so that re-encoding neither grows nor degrades it. The quality is the one on
 * libjpeg's scale, 1 to 100, whose luminance table is nearest.
 */
export function readJpegCompression(bytes: Uint8Array): { quality: number; hasFullChroma: boolean } {
  const { segments } = readJpegStructure(bytes);
  const tables = segments.find(({ marker }) => marker === quantizationTables)?.data;
  const frame = segments.find(({ marker }) => startsOfFrame.includes(marker))?.data;
  return {
    quality: tables ? qualityOf(sumOfTable(tables)) : 92,
    hasFullChroma: frame !== undefined && hasEqualSampling(frame),
  };
}

/** Of the first table, the luminance: a byte of precision and index, then 64 values of 1 or 2 bytes. */
function sumOfTable(tables: Buffer): number {
  const isWide = (tables[0] ?? 0) >> 4 > 0;
  let sum = 0;
  for (let index = 0; index < 64; index += 1) {
    const at = 1 + index * (isWide ? 2 : 1);
    sum += isWide ? (tables[at] ?? 0) * 256 + (tables[at + 1] ?? 0) : (tables[at] ?? 0);
  }
  return sum;
}

function qualityOf(sum: number): number {
  let quality = 100;
  while (quality > 1 && sumAtQuality(quality) < sum) quality -= 1;
  return quality;
}

/** As libjpeg scales the table for a quality. */
function sumAtQuality(quality: number): number {
  const percent = quality < 50 ? 5000 / quality : 200 - quality * 2;
  const scaled = luminance.map((value) =>
    Math.min(255, Math.max(1, Math.floor((value * percent + 50) / 100))),
  );
  return scaled.reduce((sum, value) => sum + value, 0);
}

/** Precision, height and width in 5 bytes, a count, then 3 bytes a component, of which the second is its sampling. */
function hasEqualSampling(frame: Buffer): boolean {
  const count = frame[5] ?? 0;
  const samplings = Array.from({ length: count }, (_, index) => frame[7 + index * 3]);
  return samplings.every((sampling) => sampling === samplings[0]);
}
