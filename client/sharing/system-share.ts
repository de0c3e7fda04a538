/** What the device can hand to another app. Browsers have it on phones, and for pages by https only. */

/** Whether it takes this; never throws. */
export function canShare(data: ShareData): boolean {
  try {
    return typeof navigator.share === 'function' && navigator.canShare?.(data) === true;
  } catch {
    return false;
  }
}

/** Resolves to false where it failed; a user who changes their mind is no failure. */
export async function share(data: ShareData): Promise<boolean> {
  try {
    await navigator.share(data);
    return true;
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError';
  }
}

/**
 * The picture as a file that the device takes; undefined where it takes none, or there was no response. Fetched before
 * the press: a browser forgets a press while a picture loads.
 */
export async function shareablePicture({ downloadUrl }: { downloadUrl: string }): Promise<File | undefined> {
  if (!canShare({ files: [new File([], 'picture.png', { type: 'image/png' })] })) return undefined;
  try {
    // The server that served the page has each picture, wherever it is stored.
    const { pathname, search } = new URL(downloadUrl);
    const response = await fetch(pathname + search);
    if (!response.ok) return undefined;
    const blob = await response.blob();
    const file = new File([blob], `proofsheet.${blob.type.split('/')[1]}`, { type: blob.type });
    return canShare({ files: [file] }) ? file : undefined;
  } catch {
    return undefined;
  }
}
