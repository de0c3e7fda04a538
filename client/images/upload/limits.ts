/** What the server takes as an upload. */
export const maxUploadBytes = 5 * 1024 * 1024;

export const pictureTypes = ['image/png', 'image/jpeg', 'image/webp'] as const;
