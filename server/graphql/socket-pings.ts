/** Pings every socket regularly with one timer, and terminates those that do not answer. */
import { WebSocket } from 'ws';

const lookEveryMs = 1_000;
/** Proxies commonly close connections that are idle for 60 s. The kernel notices sooner that a peer is gone (keep-alive). */
const pingEveryMs = 50_000;

interface Ping {
  atMs: number;
  isAnswered: boolean;
}

/** @param everyMs The time between two pings of a socket, in which the first has to be answered. */
export function createSocketPings(everyMs = pingEveryMs) {
  // The socket whose last ping is the oldest comes first.
  const pings = new Map<WebSocket, Ping>();
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    const dueMs = performance.now() - everyMs;
    for (const [socket, { atMs, isAnswered }] of pings) {
      if (atMs > dueMs) break;
      pings.delete(socket);
      if (isAnswered) ping(socket);
      else socket.terminate();
    }
    if (pings.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  function ping(socket: WebSocket): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    pings.set(socket, { atMs: performance.now(), isAnswered: false });
    socket.ping();
  }

  function onPong(this: WebSocket): void {
    const ping = pings.get(this);
    if (ping) ping.isAnswered = true;
  }

  return {
    /** Pings the socket until it is removed. It has to be removed when it is closed. */
    add(socket: WebSocket): void {
      pings.set(socket, { atMs: performance.now(), isAnswered: true });
      socket.on('pong', onPong);
      timer ??= setInterval(look, Math.min(lookEveryMs, everyMs));
    },
    remove: (socket: WebSocket) => void pings.delete(socket),
  };
}
