/**
 * Uploads one file with `uploadImage` by the GraphQL multipart request specification. XMLHttpRequest, because `fetch`
 * reports no upload progress.
 */
import { stringifyDocument } from '@urql/core';
import { type Refusal, refusalFromGraphQL, refusalFromStatus } from '../../api/errors.ts';
import { graphql } from '../../api/generated/gql.ts';
import type { UploadImageMutation } from '../../api/generated/graphql.ts';

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

export function createUploadRequest(url: string): UploadImageFile {
  return (file, { signal, onProgress }) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      const abort = () => request.abort();
      const fail = (refusal: Refusal) => reject(signal.aborted ? signal.reason : new UploadError(refusal));

      request.upload.addEventListener('progress', ({ lengthComputable, loaded, total }) => {
        if (lengthComputable && total > 0) onProgress(Math.min(99, Math.floor((loaded / total) * 100)));
      });
      request.addEventListener('load', () => {
        const answer = parseAnswer(request.responseText);
        const image = answer?.data?.uploadImage?.image;
        if (image) resolve(image);
        else
          fail(
            answer?.errors?.[0] ? refusalFromGraphQL(answer.errors[0]) : refusalFromStatus(request.status),
          );
      });
      for (const end of ['error', 'timeout', 'abort'] as const)
        request.addEventListener(end, () => fail({ code: 'NETWORK' }));
      request.addEventListener('loadend', () => signal.removeEventListener('abort', abort));

      request.open('POST', url);
      request.timeout = uploadTimeoutMs;
      request.setRequestHeader('accept', 'application/graphql-response+json, application/json');
      if (signal.aborted) return fail({ code: 'NETWORK' });
      signal.addEventListener('abort', abort);
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

interface Answer {
  data?: Partial<UploadImageMutation> | null;
  errors?: { message?: string; extensions?: Record<string, unknown> }[];
}

function parseAnswer(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
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
