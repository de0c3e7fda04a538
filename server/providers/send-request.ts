/**
 * The HTTP request of an SDK call, sent at most once, with its response as received. The SDKs build the requests; their
 * response handling is not used, because it retries at once, consumes error bodies and drops fields. For every
 * response of a provider, its SDK sees `{}` under 200 or 400, neither of which it retries.
 */
import type { Log } from '../lib/log.ts';
import { readBounded } from '../lib/read-bounded.ts';

export interface AnsweredRequest {
  kind: 'answered';
  status: number;
  headers: Headers;
  /** The JSON body; undefined where it is not JSON, was cut off or is too long. */
  body: unknown;
}

export type RequestResult =
  | AnsweredRequest
  /** Nothing reached the provider. */
  | { kind: 'unsent'; reason: string }
  /** The request may have been taken, but no answer came: `TIMEOUT`, `ABORTED` or the network's code. */
  | { kind: 'unanswered'; reason: string };

export interface SendRequestOptions {
  /** For the log: `replicate.create`. */
  call: string;
  fetch: typeof globalThis.fetch;
  timeoutMs: number;
  /** Absent where the call must not be aborted. */
  signal?: AbortSignal | undefined;
  /** Sent in addition to the SDK's own. */
  headers?: Record<string, string>;
  /** The body of a longer response is not read. */
  maxBytes: number;
  /** Receives short codes and numbers only, never a provider's text, a key or a URL. */
  log?: Pick<Log, 'warn'> | undefined;
}

/** Runs an SDK call with its own `fetch` and resolves with the result of the request; never rejects. */
export async function sendRequest(
  options: SendRequestOptions,
  run: (fetch: typeof globalThis.fetch) => Promise<unknown>,
): Promise<RequestResult> {
  const startedAtMs = performance.now();
  let sent: Promise<RequestResult> | undefined;
  const fetchOnce: typeof globalThis.fetch = async (input, init) => {
    sent ??= send(options, input, init);
    const result = await sent;
    return Response.json({}, { status: isSuccess(result) ? 200 : 400 });
  };
  try {
    await run(fetchOnce);
  } catch {
    // The SDK's error contains the request with its key, so it is dropped.
  }
  const result = await (sent ?? { kind: 'unsent' as const, reason: 'NOT_SENT' });
  if (!isSuccess(result)) {
    const durationMs = Math.round(performance.now() - startedAtMs);
    const outcome = result.kind === 'answered' ? { httpStatus: result.status } : { reason: result.reason };
    options.log?.warn({ call: options.call, ...outcome, durationMs }, 'A provider call did not succeed');
  }
  return result;
}

/** Whether the response has a 2xx status. */
export function isSuccess(result: RequestResult): boolean {
  return result.kind === 'answered' && result.status >= 200 && result.status < 300;
}

/** The word where it has the form of a code, such as `ECONNRESET` or `IMAGE_SAFETY`; undefined otherwise. */
export function shortCode(word: unknown): string | undefined {
  return typeof word === 'string' && /^[A-Z][A-Z0-9_]{0,47}$/.test(word) ? word : undefined;
}

/** The code of a network error, which fetch hides in the cause. */
export function networkCode(error: unknown): string {
  for (
    let current = error, depth = 0;
    current instanceof Error && depth < 5;
    current = current.cause, depth += 1
  ) {
    const code = 'code' in current ? shortCode(current.code) : undefined;
    if (code) return code;
  }
  return 'NETWORK';
}

/** Codes that only occur before the first byte of a request is sent. */
const unsentCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);
const timeoutCodes: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

async function send(
  options: SendRequestOptions,
  input: string | URL | Request,
  init: RequestInit | undefined,
): Promise<RequestResult> {
  let headers: Headers;
  try {
    headers = new Headers(init?.headers);
    for (const [name, value] of Object.entries(options.headers ?? {})) headers.set(name, value);
  } catch {
    // A key with a line break in it, for one.
    return { kind: 'unsent', reason: 'BAD_HEADER' };
  }
  const timeout = AbortSignal.timeout(options.timeoutMs);
  const signals = [timeout, options.signal, init?.signal].filter((signal) => signal != null);
  const failed = (error: unknown): RequestResult => {
    if (options.signal?.aborted) return { kind: 'unanswered', reason: 'ABORTED' };
    if (signals.some((signal) => signal.aborted)) return { kind: 'unanswered', reason: 'TIMEOUT' };
    const code = networkCode(error);
    if (timeoutCodes.has(code)) return { kind: 'unanswered', reason: 'TIMEOUT' };
    return { kind: unsentCodes.has(code) ? 'unsent' : 'unanswered', reason: code };
  };
  let response: Response;
  try {
    // A redirect is not followed: it would send the request twice, and Gemini's key header to another host.
    response = await options.fetch(input, {
      ...init,
      headers,
      redirect: 'manual',
      signal: AbortSignal.any(signals),
    });
  } catch (error) {
    return failed(error);
  }
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder().decode(await readBounded(response.body, options.maxBytes)));
  } catch (error) {
    if (signals.some((signal) => signal.aborted)) return failed(error);
  }
  return { kind: 'answered', status: response.status, headers: response.headers, body };
}
