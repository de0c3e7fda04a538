/** Keeps one address from trying again and again: guessing passwords, making accounts by the thousand. */
import type { Limiter } from '../lib/limiter.ts';
import type { AddressOf } from '../lib/client-address.ts';
import type { Handler } from './handler.ts';

/** Answers 429 with `Retry-After` in seconds where the address is over its limit; reading and signing out are free. */
export function withLimit(handler: Handler, limits: { limiter: Limiter; addressOf: AddressOf }): Handler {
  return async (request, response) => {
    const isFree = request.method === 'GET' || request.url === '/api/auth/sign-out';
    const waitMs = isFree ? 0 : await limits.limiter.take(limits.addressOf(request));
    if (waitMs === 0) return handler(request, response);
    const seconds = Math.ceil(waitMs / 1000);
    response.writeHead(429, { 'Content-Type': 'application/json', 'Retry-After': seconds });
    const message = `Too many tries. Try again in ${seconds} s.`;
    response.end(`${JSON.stringify({ code: 'RATE_LIMITED', message })}\n`);
  };
}
