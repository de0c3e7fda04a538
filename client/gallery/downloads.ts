/** Saves images as files: one as it is, several as a zip. If a URL has expired, the task is fetched again, once. */
import { createSignal } from 'solid-js';
import type { TaskImage } from '../api/task.ts';
import type { GalleryItem } from './image-actions.ts';
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
}

interface Fetched {
  code: string;
  name: string;
  file: Blob;
}

export type Downloads = ReturnType<typeof createDownloads>;

const parallelFetches = 3;

export function createDownloads(options: DownloadsOptions) {
  const { toasts, save = saveFile } = options;
  const [isCollecting, setCollecting] = createSignal(false);

  const offerRetry = (text: string, label: string, retry: () => Promise<void>) => {
    const run = () => {
      dismiss();
      void retry();
    };
    const dismiss = toasts.show({ text, kind: 'error', action: { label, run } });
  };

  const one = async (item: GalleryItem): Promise<void> => {
    const fetched = await fetchItem(item, options);
    if (fetched) save(fetched.file, fetched.name);
    else offerRetry(lazyMessages.downloads.failed(item.code), messages.app.tryAgain, () => one(item));
  };

  /** As a zip with this name, without extension. A single image is saved as it is. */
  const many = async (items: readonly GalleryItem[], name = zipName(items)): Promise<void> => {
    const [only] = items;
    if (!only || isCollecting()) return;
    if (items.length === 1) return one(only);
    setCollecting(true);
    const dismissWait = toasts.show({ text: lazyMessages.downloads.collecting(items.length) });
    try {
      const fetched: (Fetched | undefined)[] = [];
      const rest = items.entries();
      const fetchRest = async () => {
        for (const [index, item] of rest) fetched[index] = await fetchItem(item, options);
      };
      await Promise.all(Array.from({ length: parallelFetches }, fetchRest));
      const files = fetched.filter((found) => found !== undefined);
      if (files.length > 0) save(await zipOf(files, name), `${name}.zip`);
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

async function fetchItem(item: GalleryItem, options: DownloadsOptions): Promise<Fetched | undefined> {
  const { code, image, task } = item;
  const known = options.current(item) ?? image;
  const fetched = await fetchFile(known.downloadUrl, code, options.fetch);
  if (fetched) return fetched;
  await options.refresh(task.id);
  const fresh = options.current(item);
  return fresh && fetchFile(fresh.downloadUrl, code, options.fetch);
}

async function fetchFile(url: string, code: string, send = fetch): Promise<Fetched | undefined> {
  try {
    const response = await send(ownAddress(url));
    if (!response.ok) return undefined;
    const file = await response.blob();
    // RFC 6266.
    const header = response.headers.get('content-disposition') ?? '';
    const name = /filename="([^"]+)"/.exec(header)?.[1] ?? `proofsheet-${code}.${endingOf(file)}`;
    return { code, name, file };
  } catch {
    return undefined;
  }
}

async function zipOf(files: readonly Fetched[], folder: string): Promise<Blob> {
  // Loaded with the first zip: most visits never need it.
  const { downloadZip } = await import('client-zip');
  return downloadZip(
    files.map(({ code, file }) => ({ name: `${folder}/${code}.${endingOf(file)}`, input: file })),
  ).blob();
}

function endingOf(file: Blob): string {
  const ending = /^image\/(\w+)/.exec(file.type)?.[1] ?? 'png';
  return ending === 'jpeg' ? 'jpg' : ending;
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
