/** Uploads files a few at a time. Reports the state of each, unless it was removed or started again meanwhile. */
import { type Accessor, createEffect, untrack } from 'solid-js';
import type { RefusalCode } from '../../api/errors.ts';
import type { FileFault } from './check-file.ts';
import { UploadError, type UploadImageFile } from './upload-request.ts';

export type UploadState =
  | { kind: 'queued' }
  | { kind: 'uploading'; percent: number }
  | { kind: 'uploaded'; imageId: string }
  | { kind: 'faulty'; fault: FileFault; message?: string }
  | { kind: 'failed' };

export interface UploadQueueOptions {
  upload: UploadImageFile;
  /** Whether uploads can be sent: a user is signed in. */
  canUpload: Accessor<boolean>;
  onState: (id: string, state: UploadState) => void;
  onUnauthenticated?: (() => void) | undefined;
  parallelUploads?: number | undefined;
}

export interface UploadQueue {
  /** Adds a file at the end, again if it is there. */
  add(id: string, file: File): void;
  /** Takes a file out, and stops its upload. */
  remove(id: string): void;
}

export function createUploadQueue(options: UploadQueueOptions): UploadQueue {
  const parallelUploads = options.parallelUploads ?? 3;
  const queued = new Map<string, File>();
  const running = new Map<string, AbortController>();

  const fill = () => {
    if (!untrack(options.canUpload)) return;
    for (const [id, file] of queued) {
      if (running.size >= parallelUploads) return;
      queued.delete(id);
      void run(id, file);
    }
  };

  const run = async (id: string, file: File) => {
    const controller = new AbortController();
    const report = (state: UploadState) => {
      if (running.get(id) === controller) options.onState(id, state);
    };
    running.set(id, controller);
    report({ kind: 'uploading', percent: 0 });
    try {
      const image = await options.upload(file, {
        signal: controller.signal,
        onProgress: (percent) => report({ kind: 'uploading', percent }),
      });
      report({ kind: 'uploaded', imageId: image.id });
    } catch (error) {
      report(stateAfter(error));
      if (isUnauthenticated(error)) options.onUnauthenticated?.();
    } finally {
      if (running.get(id) === controller) running.delete(id);
      fill();
    }
  };

  const stop = (id: string) => {
    queued.delete(id);
    running.get(id)?.abort();
    running.delete(id);
  };

  createEffect(() => {
    if (options.canUpload()) fill();
  });

  return {
    add(id, file) {
      stop(id);
      queued.set(id, file);
      options.onState(id, { kind: 'queued' });
      fill();
    },
    remove(id) {
      stop(id);
      fill();
    },
  };
}

function isUnauthenticated(error: unknown): boolean {
  return error instanceof UploadError && error.refusal.code === 'UNAUTHENTICATED';
}

const faults: Partial<Record<RefusalCode, FileFault>> = {
  UPLOAD_TOO_LARGE: 'tooBig',
  UNSUPPORTED_MEDIA_TYPE: 'wrongType',
  UNREADABLE_IMAGE: 'unreadable',
};

/** Some refusals are final for this file; after the others it may be tried again. */
function stateAfter(error: unknown): UploadState {
  const { code, message } = error instanceof UploadError ? error.refusal : {};
  const fault = code && faults[code];
  return fault ? { kind: 'faulty', fault, ...(message && { message }) } : { kind: 'failed' };
}
