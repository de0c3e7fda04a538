/** Access to the metrics by a token. */
import { hash, timingSafeEqual } from 'node:crypto';
import type { Handler } from '../http/handler.ts';

const digest = (text: string) => Buffer.from(hash('sha256', text), 'hex');

/** Answers 401 without `Authorization: Bearer <token>`. */
export function withToken(handler: Handler, token: string): Handler {
  const expected = digest(`Bearer ${token}`);
  return (request, response) => {
    // Digests have the same length, so that the time tells nothing about the token.
    if (timingSafeEqual(digest(request.headers.authorization ?? ''), expected))
      return handler(request, response);
    response.writeHead(401, { 'Content-Type': 'text/plain', 'WWW-Authenticate': 'Bearer' });
    response.end('Send METRICS_TOKEN as a bearer token.\n');
  };
}
