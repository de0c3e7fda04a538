/** What the server takes as an upload. */
export const maxUploadBytes = 5 * 1024 * 1024;

export const maxUploadPixels = 40_000_000;

export const pictureTypes = ['image/png', 'image/jpeg', 'image/webp', 'image/avif', 'image/heic'] as const;
