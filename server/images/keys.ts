/** The keys of pictures: `<prefix>/images/<uuid>.<extension>` and `<prefix>/thumbnails/<uuid>.webp`. */

export function pictureKeys(prefix: string, id: string, extension: string) {
  return {
    storageKey: `${prefix}/images/${id}.${extension}`,
    thumbnailKey: `${prefix}/thumbnails/${id}.webp`,
  };
}

const form = /^(images\/[0-9a-f-]{36}\.(png|jpg|webp)|thumbnails\/[0-9a-f-]{36}\.webp)$/;

/** Whether the key is one that `pictureKeys` makes for the prefix. */
export function isPictureKey(prefix: string, key: string): boolean {
  return key.startsWith(`${prefix}/`) && form.test(key.slice(prefix.length + 1));
}
