/** Peers that are slow on purpose or gone without a word: each holds a connection and the memory behind it. */
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface PeerLimits {
  /** What a body that is no upload may take to arrive; 30 s unless told. */
  bodyTimeoutMs: number;
  /** How long a peer may take nothing of an answer; 60 s unless told, as progress is only seen when
   * a good part of the buffers has been taken, which a slow reader of a large picture needs time for. */
  stalledMs: number;
}

/** Closes the connection of a peer that is beyond the limits. */
export function limitPeer(
  request: IncomingMessage,
  response: ServerResponse,
  { bodyTimeoutMs = 30_000, stalledMs = 60_000 }: Partial<PeerLimits>,
): void {
  response.setTimeout(stalledMs, () => {
    if (request.socket.writableLength > 0) request.socket.destroy();
  });
  if (request.headers['content-type']?.startsWith('multipart/')) return;
  // As Node does with slow headers.
  const timer = setTimeout(() => {
    if (request.complete) return;
    if (response.headersSent) return void request.destroy();
    request.socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  }, bodyTimeoutMs);
  response.once('close', () => clearTimeout(timer));
}
