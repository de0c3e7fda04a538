/** Shrinks an image to the upload limit: its sides first, then its quality. Loaded on demand. */
import { maxUploadBytes } from './reference-problem.ts';

/** Models use far fewer pixels; more would only take longer. */
const maxSidePixels = 3072;
const attempts = [
  { scale: 1, quality: 0.9 },
  { scale: 1, quality: 0.8 },
  { scale: 0.75, quality: 0.8 },
  { scale: 0.5, quality: 0.8 },
  { scale: 0.35, quality: 0.75 },
] as const;

/** Draws an image at a size and encodes it. The type of the result may differ from the requested one. */
type DrawPicture = (size: { width: number; height: number; type: string; quality: number }) => Promise<Blob>;

/** Opens an image; `close` frees its memory. */
export type OpenPicture = (
  file: Blob,
) => Promise<{ width: number; height: number; draw: DrawPicture; close: () => void }>;

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
    for (const { scale, quality } of attempts) {
      const factor = Math.min(1, maxSidePixels / side) * scale;
      const size = {
        width: Math.max(1, Math.round(picture.width * factor)),
        height: Math.max(1, Math.round(picture.height * factor)),
        quality,
      };
      let blob = await picture.draw({ ...size, type: 'image/webp' });
      if (blob.type !== 'image/webp') blob = await picture.draw({ ...size, type: 'image/jpeg' });
      if (blob.size <= limitBytes)
        return new File([blob], renamed(file.name, blob.type), { type: blob.type });
    }
  } finally {
    picture.close();
  }
  throw new Error('The picture stays too big.');
}

function renamed(name: string, type: string): string {
  return `${name.replace(/\.[^.]*$/, '')}.${type === 'image/webp' ? 'webp' : 'jpg'}`;
}

const openPicture: OpenPicture = async (file) => {
  const bitmap = await createImageBitmap(file);
  return {
    width: bitmap.width,
    height: bitmap.height,
    close: () => bitmap.close(),
    async draw({ width, height, type, quality }) {
      const canvas = document.createElement('canvas');
      canvas.width = width;
      canvas.height = height;
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
};
