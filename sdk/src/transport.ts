/** Operations over HTTP. */
import type { ErrorCode } from './generated/enums.ts';
import { ProofsheetError, type Refusal } from './errors.ts';
import type { TypedDocument } from './operations.ts';
import { type AttemptOptions, type RequestOptions, withRetry } from './retry.ts';

/** Of an attempt to send or receive a picture. */
export const pictureTimeoutMs = 60_000;

interface OperationOptions extends AttemptOptions {
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
      return withRetry(attempt, retryTimeoutMs, options);
    },

    /** The bytes at a signed address. @throws {ProofsheetError} where they cannot be had */
    download(address: string, options: RequestOptions): Promise<Uint8Array<ArrayBuffer>> {
      const attempt = async (signal: AbortSignal) => {
        const answer = await respond(fetch(address, { signal }));
        if (answer.response.status !== 200) throw refusalOf(answer);
        return answer.bytes;
      };
      return withRetry(attempt, retryTimeoutMs, { ...options, attemptTimeoutMs: pictureTimeoutMs });
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
  response: Response;
  bytes: Uint8Array<ArrayBuffer>;
}

/** The whole response. @throws {ProofsheetError} NETWORK where it does not arrive */
async function respond(sent: Promise<Response>): Promise<Answer> {
  try {
    const response = await sent;
    return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
  } catch (cause) {
    throw new ProofsheetError('No answer arrived.', { code: 'NETWORK' }, { cause });
  }
}

interface ResultError {
  message: string;
  extensions?: { id?: string } & Partial<Refusal>;
}

function dataOf<Data>(answer: Answer): Data {
  const { data, errors } = resultOf<Data>(answer);
  if (data && !errors?.length) return data;
  throw refusalOf(answer, errors?.[0]);
}

/** Empty where the answer is not of GraphQL. */
function resultOf<Data>({ bytes }: Answer): { data?: Data | null; errors?: ResultError[] } {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) ?? {};
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

/** The status and the headers say what the error does not: a proxy, or the server before it reads the request, sends none. */
function refusalOf({ response: { status, headers } }: Answer, error?: ResultError): ProofsheetError {
  const fallback = codesOfStatuses[status] ?? (status >= 400 && status < 500 ? 'INVALID_INPUT' : 'INTERNAL');
  const { code = fallback, field, retryAfter, id } = error?.extensions ?? {};
  return new ProofsheetError(error?.message ?? `The server answered with ${status}.`, {
    code,
    field,
    retryAfter: retryAfter ?? (Number(headers.get('retry-after')) || undefined),
    requestId: headers.get('x-request-id') ?? id,
  });
}
