/** Saves pictures as files: one by itself, several as a zip. An address that ran out is fetched anew, once. */
import { type Accessor, createSignal } from 'solid-js';
import type { Toasts } from '../ui/toasts.tsx';
import { laterWords } from '../i18n/lazy-messages.ts';
import { words } from '../i18n/messages.ts';
import type { TaskImage } from '../api/task.ts';
import type { FrameOf } from './gallery-item.ts';
import { ownAddress } from './own-address.ts';

export interface Downloads {
  one(frame: FrameOf): Promise<void>;
  /** As a zip with this name, without its ending. A single frame is saved as it is. */
  many(frames: readonly FrameOf[], name: string): Promise<void>;
  isCollecting: Accessor<boolean>;
}

interface DownloadsOptions {
  toasts: Toasts;
  /** Fetches a task anew. */
  refresh(taskId: string): Promise<void>;
  /** The image as it is known now; undefined where it is gone. */
  current(frame: FrameOf): TaskImage | undefined;
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

  const fetchFrame = async (frame: FrameOf): Promise<Fetched | undefined> => {
    const known = (options.current(frame) ?? frame.image).downloadUrl;
    const fetched = await fetchFrom(known, frame.code);
    if (fetched) return fetched;
    await options.refresh(frame.task.id);
    const fresh = options.current(frame)?.downloadUrl;
    return fresh === undefined ? undefined : fetchFrom(fresh, frame.code);
  };

  const one = async (frame: FrameOf): Promise<void> => {
    const fetched = await fetchFrame(frame);
    if (fetched) return save(fetched.file, fetched.name);
    const dismiss = toasts.show({
      text: laterWords.downloads.failed(frame.code),
      kind: 'error',
      action: {
        label: words.app.tryAgain,
        run: () => {
          dismiss();
          void one(frame);
        },
      },
    });
  };

  const collect = async (frames: readonly FrameOf[]) => {
    const fetched: (Fetched | undefined)[] = Array.from({ length: frames.length });
    let next = 0;
    const work = async () => {
      for (let index = next++; index < frames.length; index = next++) {
        const frame = frames[index];
        if (frame) fetched[index] = await fetchFrame(frame);
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

  const many = async (frames: readonly FrameOf[], name: string): Promise<void> => {
    const [only] = frames;
    if (!only || isCollecting()) return;
    if (frames.length === 1) return one(only);
    setCollecting(true);
    const dismissWait = toasts.show({ text: laterWords.downloads.collecting(frames.length) });
    try {
      const fetched = await collect(frames);
      const got = fetched.filter((entry) => entry !== undefined);
      const missing = frames.filter((_, index) => !fetched[index]);
      const codes = frames.filter((_, index) => fetched[index]).map(({ code }) => code);
      if (got.length > 0) await saveZip(got, codes, name);
      if (missing.length > 0) tellMissing(got.length, frames.length, missing, name);
    } finally {
      dismissWait();
      setCollecting(false);
    }
  };

  const tellMissing = (got: number, asked: number, missing: readonly FrameOf[], name: string) => {
    const dismiss = toasts.show({
      text: laterWords.downloads.partial(got, asked),
      kind: 'error',
      action: {
        label: laterWords.downloads.getMissing(missing.length),
        run: () => {
          dismiss();
          void many(missing, name);
        },
      },
    });
  };

  return { one, many, isCollecting };
}

/** The file name that the server gives: `Content-Disposition`, RFC 6266. */
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

/** Named by the day of its newest frame: `proofsheet-2026-03-01`. */
export function zipName(frames: readonly FrameOf[]): string {
  return `proofsheet-${(frames[0]?.task.createdAt ?? '').slice(0, 10)}`;
}
