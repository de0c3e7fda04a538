import type { IncomingMessage, ServerResponse } from 'node:http';

export interface PeerTimeouts {
  /** The longest time for a body that is no upload to arrive; default 30 s. */
  bodyTimeoutMs: number;
  /**
   * How long a peer may read nothing of a response; default 60 s, because progress shows only when a good part of the
   * buffers has been read, for which a slow reader of a large picture needs time.
   */
  stalledMs: number;
}

/** Disconnects a peer that sends its body, or reads its response, too slowly: it holds a connection and its memory. */
export function setPeerTimeouts(
  request: IncomingMessage,
  response: ServerResponse,
  { bodyTimeoutMs = 30_000, stalledMs = 60_000 }: Partial<PeerTimeouts>,
): void {
  response.setTimeout(stalledMs, () => {
    if (request.socket.writableLength > 0) request.socket.destroy();
  });
  // Yoga's server switches it off before it pipes a stream of events.
  response.on('pipe', () => response.setTimeout(stalledMs));
  if (request.headers['content-type']?.startsWith('multipart/')) return;
  // As Node does with slow headers.
  const timer = setTimeout(() => {
    if (request.complete) return;
    if (response.headersSent) return void request.destroy();
    request.socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  }, bodyTimeoutMs);
  response.once('close', () => clearTimeout(timer));
}
