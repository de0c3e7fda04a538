/** Refuses large bodies for handlers that read them whole. */
import type { Handler } from './handler.ts';

const maxBodyBytes = 64_000;

/** Answers 413 where the body is longer than 64 KB, and 411 where it has no Content-Length. */
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
