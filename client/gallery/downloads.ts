/** Saves images as files: one as it is, several as a zip. If a URL has expired, the task is fetched again, once. */
import { createSignal } from 'solid-js';
import type { TaskImage } from '../api/task.ts';
import type { GalleryItem } from './image-actions.ts';
import { convertImage, endingOf, type FileEnding, fileName } from './image-file.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { Toasts } from '../ui/toasts.tsx';

interface DownloadsOptions {
  toasts: Toasts;
  /** Fetches a task again. */
  refresh(taskId: string): Promise<unknown>;
  /** The current state of the image; undefined if it is gone. */
  current(item: GalleryItem): TaskImage | undefined;
  fetch?: typeof fetch;
  save?: typeof saveFile;
  convert?: typeof convertImage;
}

export type Downloads = ReturnType<typeof createDownloads>;

const parallelFetches = 3;

export function createDownloads(options: DownloadsOptions) {
  const { toasts, save = saveFile, convert = convertImage } = options;
  const [isCollecting, setCollecting] = createSignal(false);

  const offerRetry = (text: string, label: string, retry: () => Promise<void>) => {
    const run = () => {
      dismiss();
      void retry();
    };
    const dismiss = toasts.show({ text, kind: 'error', action: { label, run } });
  };

  /** As it is stored, or as another type of file. */
  const one = async (item: GalleryItem, ending?: FileEnding): Promise<void> => {
    const file = await fetchItem(item, options);
    if (!file)
      return offerRetry(lazyMessages.downloads.failed(item.code), messages.app.tryAgain, () =>
        one(item, ending),
      );
    try {
      const saved = ending ? await convert(file, ending) : file;
      save(saved, `${fileName(item)}.${endingOf(saved)}`);
    } catch {
      const text = lazyMessages.downloads.notConverted(messages.models.formats[ending ?? ''] ?? '');
      toasts.show({ text, kind: 'error' });
    }
  };

  /** As a zip with this name, without extension. A single image is saved as it is. */
  const many = async (items: readonly GalleryItem[], name = zipName(items)): Promise<void> => {
    const [only] = items;
    if (!only || isCollecting()) return;
    if (items.length === 1) return one(only);
    setCollecting(true);
    const dismissWait = toasts.show({ text: lazyMessages.downloads.collecting(items.length) });
    try {
      const fetched: (Blob | undefined)[] = [];
      const rest = items.entries();
      const fetchRest = async () => {
        for (const [index, item] of rest) fetched[index] = await fetchItem(item, options);
      };
      await Promise.all(Array.from({ length: parallelFetches }, fetchRest));
      const files = items.flatMap((item, index) => {
        const input = fetched[index];
        return input ? [{ name: `${name}/${fileName(item)}.${endingOf(input)}`, input }] : [];
      });
      if (files.length > 0) save(await zipOf(files), `${name}.zip`);
      const missing = items.filter((_, index) => !fetched[index]);
      if (missing.length > 0)
        offerRetry(
          lazyMessages.downloads.partial(files.length, items.length),
          lazyMessages.downloads.getMissing(missing.length),
          () => many(missing, name),
        );
    } finally {
      dismissWait();
      setCollecting(false);
    }
  };

  return { one, many, isCollecting };
}

async function fetchItem(item: GalleryItem, options: DownloadsOptions): Promise<Blob | undefined> {
  const { image, task } = item;
  const known = options.current(item) ?? image;
  const file = await fetchFile(known.downloadUrl, options.fetch);
  if (file) return file;
  await options.refresh(task.id);
  const fresh = options.current(item);
  return fresh && fetchFile(fresh.downloadUrl, options.fetch);
}

async function fetchFile(url: string, send = fetch): Promise<Blob | undefined> {
  try {
    const response = await send(ownAddress(url));
    return response.ok ? await response.blob() : undefined;
  } catch {
    return undefined;
  }
}

async function zipOf(files: readonly { name: string; input: Blob }[]): Promise<Blob> {
  // Loaded with the first zip: most visits never need it.
  const { downloadZip } = await import('client-zip');
  return downloadZip(files).blob();
}

/** How long a browser may take to begin a download after the click. */
const saveGraceMs = 2_000;

function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), saveGraceMs);
}

/** Named by the day of the newest image: `proofsheet-2026-03-01`. */
function zipName(items: readonly GalleryItem[]): string {
  return `proofsheet-${(items[0]?.task.createdAt ?? '').slice(0, 10)}`;
}

/**
 * A `downloadUrl` at the page's origin. The server itself serves downloads at each of its host names, even if images
 * are shown from a bucket, so the page needs no cross-origin rights.
 */
export function ownAddress(downloadUrl: string): string {
  const { pathname, search } = new URL(downloadUrl);
  return pathname + search;
}
