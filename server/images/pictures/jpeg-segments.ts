/** A segment of a JPEG file: its marker's second byte, what it holds, and all its bytes with marker and length. */
export interface JpegSegment {
  marker: number;
  data: Buffer;
  whole: Buffer;
}

export interface JpegStructure {
  /** Those with a length, scan headers included, in order. */
  segments: JpegSegment[];
  scans: number;
  /** Where the picture ends, behind its EOI marker; what follows is not part of it. Undefined where there is no EOI. */
  end: number | undefined;
}

export const startOfScan = 0xda;
const startOfImage = 0xd8;
const endOfImage = 0xd9;

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
    segments.push({ marker, data: file.subarray(at + 4, end), whole: file.subarray(at, end) });
    if (marker === startOfScan) scans += 1;
    at = end;
  }
  return { segments, scans, end: undefined };
}

/** Where the next marker begins; -1 where there is none. In coded pixels, FF 00 is data and FF D0 to FF D7 are restarts. */
function nextMarker(file: Buffer, from: number): number {
  for (let at = file.indexOf(0xff, from); at >= 0 && at + 1 < file.length; at = file.indexOf(0xff, at + 1)) {
    const marker = file.readUInt8(at + 1);
    const isData = marker === 0x00 || marker === 0xff || (marker >= 0xd0 && marker <= 0xd7);
    if (!isData) return at;
  }
  return -1;
}
