/**
 * A small picture to paint before the real one loads, as a data URL; undefined where the hash is damaged. The decoder
 * comes with the first picture: a page without pictures has no use for it.
 */
export async function placeholderUrl(thumbhash: string): Promise<string | undefined> {
  try {
    const { thumbHashToDataURL } = await import('thumbhash');
    return thumbHashToDataURL(Uint8Array.from(atob(thumbhash), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
