/** Saves images as files: one by itself, several as a zip. If a URL has expired, the task is fetched again, once. */
import { type Accessor, createSignal } from 'solid-js';
import type { TaskImage } from '../api/task.ts';
import type { GalleryItem } from './image-actions.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import type { Toasts } from '../ui/toasts.tsx';

export interface Downloads {
  one(item: GalleryItem): Promise<void>;
  /** As a zip with this name, without extension. A single image is saved as it is. */
  many(items: readonly GalleryItem[], name: string): Promise<void>;
  isCollecting: Accessor<boolean>;
}

interface DownloadsOptions {
  toasts: Toasts;
  /** Fetches a task again. */
  refresh(taskId: string): Promise<void>;
  /** The current state of the image; undefined if it is gone. */
  current(item: GalleryItem): TaskImage | undefined;
  fetch?: typeof fetch;
  save?: (file: Blob, name: string) => void;
}

interface Fetched {
  name: string;
  file: Blob;
}

const parallelFetches = 3;

export function createDownloads(options: DownloadsOptions): Downloads {
  const { toasts, save = saveFile } = options;
  const send = options.fetch ?? ((...request) => fetch(...request));
  const [isCollecting, setCollecting] = createSignal(false);

  const fetchFrom = async (url: string, code: string): Promise<Fetched | undefined> => {
    try {
      const response = await send(ownAddress(url));
      if (!response.ok) return undefined;
      const file = await response.blob();
      return { file, name: nameFrom(response) ?? `proofsheet-${code}.${endingOf(file.type)}` };
    } catch {
      return undefined;
    }
  };

  const fetchItem = async (item: GalleryItem): Promise<Fetched | undefined> => {
    const known = (options.current(item) ?? item.image).downloadUrl;
    const fetched = await fetchFrom(known, item.code);
    if (fetched) return fetched;
    await options.refresh(item.task.id);
    const fresh = options.current(item)?.downloadUrl;
    return fresh === undefined ? undefined : fetchFrom(fresh, item.code);
  };

  const one = async (item: GalleryItem): Promise<void> => {
    const fetched = await fetchItem(item);
    if (fetched) return save(fetched.file, fetched.name);
    const dismiss = toasts.show({
      text: lazyMessages.downloads.failed(item.code),
      kind: 'error',
      action: {
        label: messages.app.tryAgain,
        run: () => {
          dismiss();
          void one(item);
        },
      },
    });
  };

  const collect = async (items: readonly GalleryItem[]) => {
    const fetched: (Fetched | undefined)[] = Array.from({ length: items.length });
    let next = 0;
    const work = async () => {
      for (let index = next++; index < items.length; index = next++) {
        const item = items[index];
        if (item) fetched[index] = await fetchItem(item);
      }
    };
    await Promise.all(Array.from({ length: parallelFetches }, work));
    return fetched;
  };

  const saveZip = async (files: readonly Fetched[], codes: readonly string[], name: string) => {
    // Comes with the first zip: most visits never need it.
    const { downloadZip } = await import('client-zip');
    const entries = files.map(({ file }, index) => ({
      name: `${name}/${codes[index]}.${endingOf(file.type)}`,
      input: file,
    }));
    save(await downloadZip(entries).blob(), `${name}.zip`);
  };

  const many = async (items: readonly GalleryItem[], name: string): Promise<void> => {
    const [only] = items;
    if (!only || isCollecting()) return;
    if (items.length === 1) return one(only);
    setCollecting(true);
    const dismissWait = toasts.show({ text: lazyMessages.downloads.collecting(items.length) });
    try {
      const fetched = await collect(items);
      const got = fetched.filter((entry) => entry !== undefined);
      const missing = items.filter((_, index) => !fetched[index]);
      const codes = items.filter((_, index) => fetched[index]).map(({ code }) => code);
      if (got.length > 0) await saveZip(got, codes, name);
      if (missing.length > 0) tellMissing(got.length, items.length, missing, name);
    } finally {
      dismissWait();
      setCollecting(false);
    }
  };

  const tellMissing = (got: number, asked: number, missing: readonly GalleryItem[], name: string) => {
    const dismiss = toasts.show({
      text: lazyMessages.downloads.partial(got, asked),
      kind: 'error',
      action: {
        label: lazyMessages.downloads.getMissing(missing.length),
        run: () => {
          dismiss();
          void many(missing, name);
        },
      },
    });
  };

  return { one, many, isCollecting };
}

/** The file name from `Content-Disposition`, RFC 6266. */
function nameFrom(response: Response): string | undefined {
  return /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
}

function endingOf(contentType: string): string {
  const ending = /^image\/(\w+)/.exec(contentType)?.[1] ?? 'png';
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
export function zipName(items: readonly GalleryItem[]): string {
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
