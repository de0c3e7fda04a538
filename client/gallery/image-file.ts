/** Names and types of the files that images are saved as. */
import type { GalleryItem } from './image-actions.ts';

export const fileTypes = { png: 'image/png', jpg: 'image/jpeg', webp: 'image/webp' } as const;

export type FileEnding = keyof typeof fileTypes;

const longestWords = 40;

/** `red-kite-over-dunes-27A`: the first words of the prompt and the code of the image, safe on every system. */
export function fileName({ task, code }: GalleryItem): string {
  const words = fileWords(task.prompt) || 'proofsheet';
  // In History the code may be a time of day.
  return `${words}-${code.replaceAll(/[^\p{L}\p{N}]+/gu, '-')}`;
}

/** As the server's zip files name them: letters and digits of any script in lower case, joined by hyphens. */
export function fileWords(text: string): string {
  const words =
    text
      .normalize('NFC')
      .toLowerCase()
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? [];
  const fitting = words.reduce((name, word) => {
    const longer = name ? `${name}-${word}` : word;
    return [...longer].length <= longestWords ? longer : name;
  }, '');
  return fitting || [...(words[0] ?? '')].slice(0, longestWords).join('');
}

/** The ending for the type of a file; that of PNG where it is not known. */
export function endingOf({ type }: Blob): string {
  const ending = /^image\/(\w+)/.exec(type)?.[1] ?? 'png';
  return ending === 'jpeg' ? 'jpg' : ending;
}

/** Of JPEG and WebP, where 1 is the best. */
const quality = 0.92;

/**
 * The picture as a file of that type; the same file where it is one already.
 * @throws where the browser cannot read the picture or write the type
 */
export async function convertImage(file: Blob, ending: FileEnding): Promise<Blob> {
  const type = fileTypes[ending];
  if (file.type === type) return file;
  const bitmap = await createImageBitmap(file);
  const canvas = document.createElement('canvas');
  canvas.width = bitmap.width;
  canvas.height = bitmap.height;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('The browser draws no pictures');
  if (ending === 'jpg') {
    // JPEG has no transparency, which would be black.
    context.fillStyle = 'white';
    context.fillRect(0, 0, canvas.width, canvas.height);
  }
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const made = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, type, quality));
  // A browser that does not know the type writes PNG.
  if (made?.type !== type) throw new Error(`The browser writes no ${type}`);
  return made;
}
