/** Limits on whole requests, before they are read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressOf } from '../lib/client-address.ts';
import { delayRefusal, type OwnRateLimiter, type RateLimiter } from '../lib/rate-limiter.ts';
import type { Handler } from './handler.ts';

/** Limits the attempts of an address to sign in or up; reading and signing out are free. */
export function withSignInLimit(
  handler: Handler,
  { limiter, addressOf }: { limiter: RateLimiter; addressOf: AddressOf },
): Handler {
  return async (request, response) => {
    const isFree = request.method === 'GET' || request.url === '/api/auth/sign-out';
    const waitMs = isFree ? 0 : (await limiter.take(addressOf(request))).waitMs;
    if (waitMs === 0) return handler(request, response);
    refuseRate(response, waitMs, ({ message }) => ({ code: 'RATE_LIMITED', message }));
  };
}

const maxBodyBytes = 64_000;

/** Answers 413 where the body is longer than 64 KB, and 411 where it has no Content-Length: the handler reads it whole. */
export function withSmallBody(handler: Handler): Handler {
  return (request, response) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    const status = encoding !== undefined ? 411 : Number(length ?? 0) > maxBodyBytes ? 413 : undefined;
    if (status === undefined) return handler(request, response);
    response.writeHead(status, { 'Content-Type': 'application/json', Connection: 'close' });
    const message = status === 413 ? 'The body is too long.' : 'Send a Content-Length.';
    response.end(`${JSON.stringify({ code: 'BODY_REFUSED', message })}\n`);
  };
}

/** Reads a header by its name in lower case. */
export type Credentials = Pick<Headers, 'get'>;

export interface Admission {
  /** 0 where the request may be read; else the milliseconds to wait. */
  waitMs: number;
  /** Takes the count back. Called when the request begins to run. */
  markNotRefused(): void;
  /** Called at the end with the size of the request: a refused one counts once more for each 128 KiB, 64 times at most. */
  countBytes(bytes: number): void;
}

/** Reading as many bytes takes about as long as checking a short request. */
const bytesPerPoint = 128 * 1024;
/** So that a few files that are far too large do not lock their user out. */
const maxSizePoints = 64;

export type RefusedRequestLimit = ReturnType<typeof createRefusedRequestLimit>;

/**
 * Counts requests that fail before they run, because reading and checking them costs the server work as well.
 * @param parts.viewerOf The user of the credentials; null where they name none. Rejects where they are not valid.
 */
export function createRefusedRequestLimit({
  limiter,
  addressOf,
  viewerOf,
}: {
  limiter: OwnRateLimiter;
  addressOf: AddressOf;
  viewerOf: (credentials: Credentials) => { id: string } | null | Promise<{ id: string } | null>;
}) {
  const createAdmission = (key: string, waitMs: number): Admission => {
    let isRefused = true;
    return {
      waitMs,
      markNotRefused() {
        if (isRefused) limiter.giveBack(key);
        isRefused = false;
      },
      countBytes(bytes) {
        const points = Math.min(Math.floor(bytes / bytesPerPoint), maxSizePoints);
        if (isRefused && points > 0) limiter.take(key, points);
      },
    };
  };
  /** By its user, where the limit of its address is reached. */
  const admitUser = async (
    key: string,
    waitMs: number,
    credentials: () => Credentials,
  ): Promise<Admission> => {
    const identify = async () => viewerOf(credentials());
    const viewer = await identify().catch(() => null);
    if (!viewer) return createAdmission(key, await delayRefusal(waitMs));
    const userKey = `user ${viewer.id}`;
    return createAdmission(userKey, await delayRefusal(limiter.take(userKey).waitMs));
  };
  return {
    /**
     * Counts the request as refused, until `markNotRefused`. An address over its limit still admits its users: their
     * requests are counted by user, so that neighbours behind one address cannot lock each other out.
     * @param credentials Reads the credentials; may throw where they are not well formed.
     */
    admit(
      request: IncomingMessage,
      credentials = () => credentialsOf(request),
    ): Admission | Promise<Admission> {
      const key = `address ${addressOf(request)}`;
      const { waitMs } = limiter.take(key);
      return waitMs > 0 ? admitUser(key, waitMs, credentials) : createAdmission(key, 0);
    },
  };
}

/** The credentials of the request. */
export function credentialsOf({ headers }: IncomingMessage): Credentials {
  return {
    get(name) {
      const value = headers[name];
      return value === undefined ? null : String(value);
    },
  };
}

/** A handler that reports at `admission` whether its request was refused. */
export type AdmittedHandler = (
  ...exchange: [...Parameters<Handler>, admission: Admission]
) => ReturnType<Handler>;

/**
 * Admits requests by the limit; the handler calls `markNotRefused` for those that run. The others also count by their
 * size.
 */
export function withRefusedRequestLimit(handler: AdmittedHandler, refusals: RefusedRequestLimit): Handler {
  return (request, response) => {
    const bytesRead = countBytes(request);
    const proceed = (admission: Admission) => {
      if (admission.waitMs === 0) {
        response.on('close', () => admission.countBytes(bytesRead()));
        return handler(request, response, admission);
      }
      refuseRate(response, admission.waitMs, ({ message, retryAfter }) => ({
        errors: [{ message, extensions: { code: 'RATE_LIMITED', retryAfter } }],
      }));
    };
    const admission = refusals.admit(request);
    return admission instanceof Promise ? admission.then(proceed) : proceed(admission);
  };
}

/** A function that returns how many bytes the server reads of the request, also after an early response. */
function countBytes({ socket, headers }: IncomingMessage): () => number {
  const before = socket.bytesRead;
  return () => {
    const read = socket.bytesRead - before;
    // Node reads the rest of a body that was refused, so that its client gets the response.
    return socket.destroyed ? read : Math.max(read, Number(headers['content-length'] ?? 0));
  };
}

/** Answers 429 with `Retry-After`, in seconds. */
function refuseRate(
  response: ServerResponse,
  waitMs: number,
  bodyOf: (refusal: { message: string; retryAfter: number }) => object,
): void {
  const retryAfter = Math.ceil(waitMs / 1000);
  response.writeHead(429, {
    'Content-Type': 'application/json',
    'Retry-After': retryAfter,
    'Cache-Control': 'no-store',
  });
  const message = `Too many tries. Try again in ${retryAfter} s.`;
  response.end(`${JSON.stringify(bodyOf({ message, retryAfter }))}\n`);
}
