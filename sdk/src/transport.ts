/** Operations over HTTP. */
import type { ErrorCode } from './generated/enums.ts';
import { ProofsheetError, type Refusal } from './errors.ts';
import type { TypedDocument } from './operations.ts';
import { withRetry } from './retry.ts';

/** Of an attempt to send or receive a picture. */
export const pictureTimeoutMs = 60_000;

export interface RequestOptions {
  /** Ends the request; its outcome is then open. */
  signal?: AbortSignal | undefined;
}

interface OperationOptions extends RequestOptions {
  attemptTimeoutMs?: number;
  /** Whether a repeat is safe where the outcome is open; true by default. */
  isIdempotent?: boolean;
  /** The value of `$file`. */
  file?: Blob;
}

interface TransportOptions {
  /** The address of the GraphQL endpoint. */
  url: string;
  authorization: string | undefined;
  fetch: typeof fetch;
  retryTimeoutMs: number;
}

export type Transport = ReturnType<typeof createTransport>;

export function createTransport({ url, authorization, fetch, retryTimeoutMs }: TransportOptions) {
  return {
    /** The data of an operation. @throws {ProofsheetError} for the first of its errors */
    request<Data, Variables>(
      document: TypedDocument<Data, Variables>,
      variables: Variables,
      { file, ...options }: OperationOptions,
    ): Promise<Data> {
      const operation = JSON.stringify({ query: document.trim(), variables });
      const body = file === undefined ? operation : multipart(operation, file);
      const headers = new Headers({ accept: 'application/json' });
      if (authorization !== undefined) headers.set('authorization', authorization);
      if (body === operation) headers.set('content-type', 'application/json');
      const attempt = async (signal: AbortSignal) =>
        dataOf<Data>(await respond(fetch(url, { method: 'POST', headers, body, signal })));
      return withRetry(attempt, { ...options, timeoutMs: retryTimeoutMs });
    },

    /** The bytes at a signed address. @throws {ProofsheetError} where they cannot be had */
    download(address: string, options: RequestOptions): Promise<Uint8Array<ArrayBuffer>> {
      const attempt = async (signal: AbortSignal) => {
        const answer = await respond(fetch(address, { signal }));
        if (answer.status !== 200) throw refusalOf(answer);
        return answer.bytes;
      };
      return withRetry(attempt, {
        ...options,
        timeoutMs: retryTimeoutMs,
        attemptTimeoutMs: pictureTimeoutMs,
      });
    },
  };
}

/** A body of the GraphQL multipart request specification. */
function multipart(operation: string, file: Blob): FormData {
  const body = new FormData();
  body.set('operations', operation);
  body.set('map', '{"0":["variables.file"]}');
  body.set('0', file);
  return body;
}

interface Answer {
  status: number;
  bytes: Uint8Array<ArrayBuffer>;
  requestId: string | undefined;
  /** In seconds. */
  retryAfter: number | undefined;
}

/** The whole response. @throws {ProofsheetError} NETWORK where it does not arrive */
async function respond(sent: Promise<Response>): Promise<Answer> {
  try {
    const response = await sent;
    return {
      status: response.status,
      bytes: new Uint8Array(await response.arrayBuffer()),
      requestId: response.headers.get('x-request-id') ?? undefined,
      retryAfter: Number(response.headers.get('retry-after')) || undefined,
    };
  } catch (cause) {
    throw new ProofsheetError('No answer arrived.', { code: 'NETWORK' }, { cause });
  }
}

interface Result<Data> {
  data?: Data | null;
  errors?: { message: string; extensions?: { code?: ErrorCode; id?: string } & Partial<Refusal> }[];
}

function dataOf<Data>(answer: Answer): Data {
  const { data, errors } = resultOf<Data>(answer);
  const [error] = errors ?? [];
  if (error === undefined && data) return data;
  const { code, field, retryAfter, id } = error?.extensions ?? {};
  if (error === undefined || code === undefined) throw refusalOf(answer);
  const requestId = answer.requestId ?? id;
  throw new ProofsheetError(error.message, { code, field, retryAfter, requestId });
}

function resultOf<Data>({ bytes }: Answer): Result<Data> {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as Result<Data>;
  } catch {
    return {};
  }
}

const codesOfStatuses: Readonly<Record<number, ErrorCode>> = {
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  413: 'UPLOAD_TOO_LARGE',
  429: 'RATE_LIMITED',
};

/** For an answer that is not of the API: a proxy's, or the server's before it reads the request. */
function refusalOf({ status, requestId, retryAfter }: Answer): ProofsheetError {
  const code = codesOfStatuses[status] ?? (status >= 400 && status < 500 ? 'INVALID_INPUT' : 'INTERNAL');
  return new ProofsheetError(`The server answered with ${status}.`, { code, retryAfter, requestId });
}
