import type { PictureContentType } from './content-type.ts';
import { readJpegStructure } from './jpeg.ts';
import { readPngChunks } from './png.ts';
import { readWebpChunks } from './webp.ts';

const app1 = 0xe1;
const app11 = 0xeb;
/** XMP's name for where the manifest lies that signs this file, where the file does not hold it (C2PA, section 11.5). */
const remoteManifest = Buffer.from('dcterms:provenance');

/**
 * Whether Content Credentials (C2PA, section "Embedding manifests into various file formats") sign the file, so that any
 * change to its bytes would break them.
 * @throws {AppError} UNREADABLE_IMAGE where the bytes are not built like their content type
 */
export function hasContentCredentials(bytes: Uint8Array, contentType: PictureContentType): boolean {
  const pointsToManifest = (part: Uint8Array) => Buffer.from(part).includes(remoteManifest);
  switch (contentType) {
    case 'image/jpeg':
      return readJpegStructure(bytes).segments.some(
        ({ marker, data }) =>
          // A JUMBF box: common identifier, box instance and packet number, then length and type.
          (marker === app11 && data.toString('latin1', 0, 2) === 'JP' && data.includes('c2pa')) ||
          (marker === app1 && pointsToManifest(data)),
      );
    case 'image/png':
      return readPngChunks(bytes).some(
        ({ name, data }) => name === 'caBX' || (name === 'iTXt' && pointsToManifest(data)),
      );
    case 'image/webp':
      return readWebpChunks(bytes).some(
        ({ name, payload }) => name === 'C2PA' || (name === 'XMP ' && pointsToManifest(payload)),
      );
  }
}
