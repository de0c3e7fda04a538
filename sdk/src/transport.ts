/** Operations over HTTP. */
import type { ErrorCode } from './generated/enums.ts';
import { ProofsheetError, type Refusal } from './errors.ts';
import type { TypedDocument } from './operations.ts';
import { withRetry } from './retry.ts';

export interface RequestOptions {
  /** Ends the request; its outcome is then open. */
  signal?: AbortSignal | undefined;
}

interface TransportOptions {
  /** The address of the GraphQL endpoint. */
  url: string;
  authorization: string | undefined;
  fetch: typeof fetch;
  retryTimeoutMs: number;
}

type Send = (signal: AbortSignal) => Promise<Response>;

export type Transport = ReturnType<typeof createTransport>;

export function createTransport({ url, authorization, fetch, retryTimeoutMs }: TransportOptions) {
  const headers = { accept: 'application/json', ...(authorization !== undefined && { authorization }) };
  const run = <Data>(send: Send, options: RequestOptions & { isIdempotent: boolean }) =>
    withRetry(async (signal) => dataOf<Data>(await respond(send, signal)), {
      ...options,
      timeoutMs: retryTimeoutMs,
    });
  return {
    /** The data of an operation. @throws {ProofsheetError} for the first of its errors */
    request<Data, Variables>(
      document: TypedDocument<Data, Variables>,
      variables: Variables,
      options: RequestOptions & { isIdempotent: boolean },
    ): Promise<Data> {
      const body = JSON.stringify({ query: document.trim(), variables });
      const json = { ...headers, 'content-type': 'application/json' };
      return run((signal) => fetch(url, { method: 'POST', headers: json, body, signal }), options);
    },

    /** As `request`, with a file as `$file` (GraphQL multipart request specification). */
    upload<Data>(document: TypedDocument<Data, never>, file: Blob, options: RequestOptions): Promise<Data> {
      const body = new FormData();
      body.set('operations', JSON.stringify({ query: document.trim(), variables: { file: null } }));
      body.set('map', '{"0":["variables.file"]}');
      body.set('0', file);
      return run((signal) => fetch(url, { method: 'POST', headers, body, signal }), {
        ...options,
        isIdempotent: true,
      });
    },

    /** The bytes at a signed address. @throws {ProofsheetError} where they cannot be had */
    download(address: string, options: RequestOptions): Promise<Uint8Array> {
      const attempt = async (signal: AbortSignal) => {
        const answer = await respond(() => fetch(address, { signal }), signal);
        if (answer.status !== 200) throw refusalOf(answer);
        return answer.bytes;
      };
      return withRetry(attempt, { ...options, timeoutMs: retryTimeoutMs, isIdempotent: true });
    },
  };
}

interface Answer {
  status: number;
  headers: Headers;
  bytes: Uint8Array;
}

/** The whole response. @throws {ProofsheetError} NETWORK where it does not arrive */
async function respond(send: Send, signal: AbortSignal): Promise<Answer> {
  try {
    const response = await send(signal);
    const { status, headers } = response;
    return { status, headers, bytes: new Uint8Array(await response.arrayBuffer()) };
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
  const requestId = requestIdOf(answer) ?? id;
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
function refusalOf(answer: Answer): ProofsheetError {
  const { status, headers } = answer;
  const code = codesOfStatuses[status] ?? (status >= 400 && status < 500 ? 'INVALID_INPUT' : 'INTERNAL');
  const retryAfter = Number(headers.get('retry-after')) || undefined;
  return new ProofsheetError(`The server answered with ${status}.`, {
    code,
    retryAfter,
    requestId: requestIdOf(answer),
  });
}

function requestIdOf({ headers }: Answer): string | undefined {
  return headers.get('x-request-id') ?? undefined;
}
