/** Uploads files a few at a time. Reports the state of each, unless it was removed or started again meanwhile. */
import { type Accessor, createEffect, on, untrack } from 'solid-js';
import { type Refusal, type RefusalCode, refusalFromGraphQL, refusalFromStatus } from '../../api/errors.ts';
import type { FileFault } from './check-file.ts';
import { stringifyDocument } from '@urql/core';
import { graphql } from '../../api/generated/gql.ts';
import type { UploadImageMutation } from '../../api/generated/graphql.ts';

export type UploadState =
  | { kind: 'queued' }
  | { kind: 'uploading'; percent: number }
  | { kind: 'uploaded'; imageId: string }
  /** `refusal` is there if it says more than its code. */
  | { kind: 'faulty'; fault: FileFault; refusal?: Refusal }
  | { kind: 'failed'; refusal?: Refusal };

export interface UploadQueueOptions {
  upload: UploadImageFile;
  /** Whether uploads can be sent: a user is signed in. */
  canUpload: Accessor<boolean>;
  onState: (id: string, state: UploadState) => void;
  onUnauthenticated?: (() => void) | undefined;
}

const parallelUploads = 3;

export type UploadQueue = ReturnType<typeof createUploadQueue>;

export function createUploadQueue(options: UploadQueueOptions) {
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
      const refusal = error instanceof UploadError ? error.refusal : undefined;
      const fault = refusal && faults[refusal.code];
      const reason = refusal && refusal.message ? { refusal } : {};
      report(fault ? { kind: 'faulty', fault, ...reason } : { kind: 'failed', ...reason });
      if (refusal?.code === 'UNAUTHENTICATED') options.onUnauthenticated?.();
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

  createEffect(on(options.canUpload, fill));

  return {
    /** Adds a file at the end, again if it is there. */
    add(id: string, file: File) {
      stop(id);
      queued.set(id, file);
      options.onState(id, { kind: 'queued' });
      fill();
    },
    /** Takes a file out, and stops its upload. */
    remove(id: string) {
      stop(id);
      fill();
    },
  };
}

/** Refusals that are final for a file; after the others it may be tried again. */
const faults: Partial<Record<RefusalCode, FileFault>> = {
  UPLOAD_TOO_LARGE: 'tooBig',
  UNSUPPORTED_MEDIA_TYPE: 'wrongType',
  UNREADABLE_IMAGE: 'unreadable',
};

const UploadImage = graphql(`
  mutation UploadImage($file: File!) {
    uploadImage(file: $file) {
      image {
        id
        width
        height
      }
    }
  }
`);

export type UploadedImage = NonNullable<UploadImageMutation['uploadImage']>['image'];

/**
 * Rejects with an `UploadError`, or with the signal's reason where it was aborted. `onProgress` gets 0 to 100; the last
 * percent is left for the server's work.
 */
export type UploadImageFile = (
  file: File,
  options: { signal: AbortSignal; onProgress: (percent: number) => void },
) => Promise<UploadedImage>;

/**
 * Uploads one file with `uploadImage` by the GraphQL multipart request specification. XMLHttpRequest, because `fetch`
 * reports no upload progress.
 */
export function createUploadRequest(url: string): UploadImageFile {
  return (file, { signal, onProgress }) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const request = new XMLHttpRequest();
      signal.addEventListener('abort', () => request.abort());
      request.upload.addEventListener('progress', ({ lengthComputable, loaded, total }) => {
        if (lengthComputable && total > 0) onProgress(Math.min(99, Math.floor((loaded / total) * 100)));
      });
      // Comes after success, and after each failure: without a response, the status is 0.
      request.addEventListener('loadend', () => {
        // Null where the text is no JSON.
        const response = request.response as {
          data?: Partial<UploadImageMutation> | null;
          errors?: { message?: string; extensions?: Record<string, unknown> }[];
        } | null;
        const image = response?.data?.uploadImage?.image;
        if (image) return resolve(image);
        const error = response?.errors?.[0];
        const refusal = error ? refusalFromGraphQL(error) : refusalFromStatus(request.status);
        reject(signal.aborted ? signal.reason : new UploadError(refusal));
      });

      request.open('POST', url);
      request.timeout = uploadTimeoutMs;
      request.responseType = 'json';
      request.setRequestHeader('accept', 'application/graphql-response+json, application/json');
      request.send(multipartBody(file));
    });
}

const uploadTimeoutMs = 120_000;

function multipartBody(file: File): FormData {
  const form = new FormData();
  const operations = {
    query: stringifyDocument(UploadImage),
    operationName: 'UploadImage',
    variables: { file: null },
  };
  form.append('operations', JSON.stringify(operations));
  form.append('map', JSON.stringify({ 0: ['variables.file'] }));
  form.append('0', file, file.name);
  return form;
}

/** An upload that was refused, or had no response. */
export class UploadError extends Error {
  override name = 'UploadError';
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}
