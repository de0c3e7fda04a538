import { damaged } from './refusals.ts';
import type { PictureContentType } from './content-type.ts';
import { startOfScan } from './jpeg.ts';
import { createPngChunk, isPng, type PngChunk, readPngChunks, writePngChunks } from './png.ts';
import { readWebpChunks, type WebpChunk, writeWebpChunks } from './webp.ts';

/** IPTC's word for media that a trained model made: https://cv.iptc.org/newscodes/digitalsourcetype/. */
export const aiMadeSourceType = 'http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia';

const xmpPacket = Buffer.from(`<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <Iptc4xmpExt:DigitalSourceType>${aiMadeSourceType}</Iptc4xmpExt:DigitalSourceType>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>`);

/**
 * The same picture, its pixels untouched, with an XMP packet that says a model made it, in the place of any packet it had.
 * Part 3 of the XMP specification (ISO 16684) defines the place of the packet for each format.
 * @throws {AppError} UNREADABLE_IMAGE where the bytes are not built like their content type
 */
export function markAsAiMade(bytes: Uint8Array, contentType: PictureContentType): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return markers[contentType](file);
  } catch (error) {
    // A length that points beyond the end of the file.
    if (error instanceof RangeError) throw damaged();
    throw error;
  }
}

const markers = { 'image/jpeg': markJpeg, 'image/png': markPng, 'image/webp': markWebp };

const jpegXmpName = Buffer.from('http://ns.adobe.com/xap/1.0/\0');
const jpegLongXmpName = Buffer.from('http://ns.adobe.com/xmp/extension/\0');
const jpegExifName = Buffer.from('Exif\0');
const app0 = 0xe0;
const app1 = 0xe1;

/** Segments of FF, marker and a length that counts itself, up to the first scan (ITU-T T.81, annex B). */
function markJpeg(file: Buffer): Buffer {
  const head = [file.subarray(0, 2)];
  const rest: Buffer[] = [];
  let at = 2;
  for (;;) {
    if (file.readUInt8(at) !== 0xff) throw damaged();
    const marker = file.readUInt8(at + 1);
    if (marker === startOfScan) break;
    // Any number of FF may stand before a marker.
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + file.readUInt16BE(at + 2);
    const segment = file.subarray(at, end);
    const holds = (name: Buffer) => marker === app1 && segment.subarray(4, 4 + name.length).equals(name);
    at = end;
    if (holds(jpegXmpName) || holds(jpegLongXmpName)) continue;
    // JFIF and Exif both want to come first.
    const isFirst = rest.length === 0 && (marker === app0 || holds(jpegExifName));
    (isFirst ? head : rest).push(segment);
  }
  const mark = Buffer.concat([Buffer.from([0xff, app1, 0, 0]), jpegXmpName, xmpPacket]);
  mark.writeUInt16BE(mark.length - 2, 2);
  return Buffer.concat([...head, mark, ...rest, file.subarray(at)]);
}

// Keyword, no compression, and neither a language nor a translated keyword.
const pngXmpHead = Buffer.from('XML:com.adobe.xmp\0\0\0\0\0');
// The XMP specification wants iTXt alone; libvips writes zTXt, ImageMagick a keyword of its own.
const pngTextChunks = ['iTXt', 'zTXt', 'tEXt'];
const pngXmpKeywords = ['XML:com.adobe.xmp\0', 'Raw profile type xmp\0'];

/** International text, anywhere behind the header (PNG specification, third edition, section 11.3.3.4). */
function markPng(file: Buffer): Uint8Array {
  const [header, ...others] = readPngChunks(file);
  if (!isPng(file) || header?.name !== 'IHDR') throw damaged();
  const mark = createPngChunk('iTXt', Buffer.concat([pngXmpHead, xmpPacket]));
  return writePngChunks([header, mark, ...others.filter((chunk) => !isPngXmp(chunk))]);
}

function isPngXmp({ name, data }: PngChunk): boolean {
  const startsWith = (keyword: string) => Buffer.from(keyword).equals(data.subarray(0, keyword.length));
  return pngTextChunks.includes(name) && pngXmpKeywords.some(startsWith);
}

const hasXmpFlag = 0x04;
const hasAlphaFlag = 0x10;

/** Only a file that begins with a VP8X chunk may hold metadata, which comes last (RFC 9649, section 2.7). */
function markWebp(file: Buffer): Uint8Array {
  const [first, ...others] = readWebpChunks(file).filter(({ name }) => name !== 'XMP ');
  if (!first) throw damaged();
  const isExtended = first.name === 'VP8X';
  const header = isExtended ? Buffer.from(first.payload) : extendedHeader(first);
  header.writeUInt8(header.readUInt8(0) | hasXmpFlag, 0);
  return writeWebpChunks([
    { name: 'VP8X', payload: header },
    ...(isExtended ? others : [first, ...others]),
    { name: 'XMP ', payload: xmpPacket },
  ]);
}

/** The VP8X header of a file that is one bitstream: flags, 3 bytes unused, width - 1 and height - 1 in 3 bytes each. */
function extendedHeader({ name, payload }: WebpChunk): Buffer {
  const bitstream = Buffer.from(payload);
  const header = Buffer.alloc(10);
  if (name === 'VP8L') {
    // After a signature byte: 14 bits of width - 1, 14 bits of height - 1, 1 bit for alpha (RFC 9649, section 3.4).
    const bits = bitstream.readUInt32LE(1);
    header.writeUInt8((bits >>> 28) & 1 ? hasAlphaFlag : 0, 0);
    header.writeUIntLE(bits & 0x3fff, 4, 3);
    header.writeUIntLE((bits >>> 14) & 0x3fff, 7, 3);
  } else if (name === 'VP8 ') {
    // After a frame tag and a start code: 14 bits each, below 2 bits of scale (RFC 6386, section 9.1). No alpha.
    header.writeUIntLE((bitstream.readUInt16LE(6) & 0x3fff) - 1, 4, 3);
    header.writeUIntLE((bitstream.readUInt16LE(8) & 0x3fff) - 1, 7, 3);
  } else {
    throw damaged();
  }
  return header;
}
