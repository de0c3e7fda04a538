/** Limits by address on whole requests, before they are read. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { addressHeader, type AddressOf } from '../lib/client-address.ts';
import type { Limiter } from '../lib/limiter.ts';
import type { Admission, RefusalLimit } from '../lib/refusal-limit.ts';
import type { Handler } from './handler.ts';

/** Limits the attempts of an address to sign in or up; reading and signing out are free. */
export function withLimit(handler: Handler, limits: { limiter: Limiter; addressOf: AddressOf }): Handler {
  return async (request, response) => {
    const isFree = request.method === 'GET' || request.url === '/api/auth/sign-out';
    const waitMs = isFree ? 0 : await limits.limiter.take(limits.addressOf(request));
    if (waitMs === 0) return handler(request, response);
    refuseRate(response, waitMs, ({ message }) => ({ code: 'RATE_LIMITED', message }));
  };
}

/** Puts the client's address into `addressHeader`. */
export function withAddress(handler: Handler, addressOf: AddressOf): Handler {
  return (request, response) => {
    request.headers[addressHeader] = addressOf(request);
    return handler(request, response);
  };
}

/** A handler that reports whether its request was accepted. */
export type AdmittedHandler = (
  ...exchange: [...Parameters<Handler>, admission: Admission]
) => ReturnType<Handler>;

/**
 * Refuses the requests of an address of which too many were refused; the handler calls `accept` on those that run. The
 * others also count by their size.
 */
export function withRefusalLimit(handler: AdmittedHandler, refusals: RefusalLimit): Handler {
  return async (request, response) => {
    const bytesRead = countBytes(request);
    const admission = await refusals.admit(request);
    if (admission.waitMs === 0) {
      response.once('close', () => admission.countBytes(bytesRead()));
      return handler(request, response, admission);
    }
    refuseRate(response, admission.waitMs, ({ message, retryAfter }) => ({
      errors: [{ message, extensions: { code: 'RATE_LIMITED', retryAfter } }],
    }));
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
