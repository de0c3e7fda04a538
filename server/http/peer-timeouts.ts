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

/**
 * Disconnects a peer that sends its body, or reads its response, too slowly: it holds a connection and its memory. The listeners
 * are the same for all requests, which are many.
 */
export function createPeerTimeouts({ bodyTimeoutMs = 30_000, stalledMs = 60_000 }: Partial<PeerTimeouts>) {
  function restart(this: ServerResponse): void {
    this.setTimeout(stalledMs);
  }
  function limitBody(request: IncomingMessage, response: ServerResponse): void {
    if (request.complete || response.closed) return;
    // As Node does with slow headers.
    const timer = setTimeout(() => {
      if (request.complete) return;
      if (response.headersSent) return void request.destroy();
      request.socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    }, bodyTimeoutMs);
    response.once('close', () => clearTimeout(timer));
  }
  return (request: IncomingMessage, response: ServerResponse): void => {
    response.setTimeout(stalledMs, endStalled);
    // Yoga's server switches it off before it pipes a stream of events.
    response.on('pipe', restart);
    if (request.headers['content-type']?.startsWith('multipart/')) return;
    // A short body comes with its head, and needs no timer.
    process.nextTick(limitBody, request, response);
  };
}

function endStalled(this: ServerResponse): void {
  if (this.socket && this.socket.writableLength > 0) this.socket.destroy();
}
