/** A WebSocket that bounds what waits for its peer, by size and by time. */
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { OpenSocket } from './open-socket.ts';

/** Unsent bytes allowed for a slow peer, besides the last message. */
const maxWaitingBytes = 4 * 1024 * 1024;

/** Terminates the socket instead of sending where too much is unsent: results, errors and replies to GraphQL's pings alike. */
export class BoundedSocket extends WebSocket {
  /** Set while it is open. */
  opened: OpenSocket | undefined;
  #connection: Socket | undefined;
  #stalledMs = 0;
  #sends = 0;
  #left = 0;
  #onLeft: (() => void) | undefined;
  #waiting: { send: number; resolve: () => void }[] | undefined;

  /** Terminates the socket once its peer has read none of the data that waits for it for so long. */
  limitStalls(connection: Socket, stalledMs: number): void {
    this.#connection = connection;
    this.#stalledMs = stalledMs;
  }

  override send(data: Parameters<WebSocket['send']>[0], ...rest: unknown[]): void {
    if (this.bufferedAmount > maxWaitingBytes) this.terminate();
    super.send(data, ...(rest as []));
    this.#watchStall();
  }

  /** Sends a text where it is open. @returns a promise where the peer is slow, which resolves once the kernel has taken it */
  sendText(text: string): Promise<void> | undefined {
    if (this.readyState !== WebSocket.OPEN) return undefined;
    const send = (this.#sends += 1);
    // `close` reports the disconnect; an error for every queued message would only fill the log.
    this.send(text, (this.#onLeft ??= () => this.#resolveLeft()));
    // Almost always the kernel has taken it.
    if (this.bufferedAmount === 0) return undefined;
    return new Promise((resolve) => (this.#waiting ??= []).push({ send, resolve }));
  }

  override pong(...args: never[]): void {
    super.pong(...args);
    this.#watchStall();
  }

  #resolveLeft(): void {
    this.#left += 1;
    while (this.#waiting?.[0] && this.#waiting[0].send <= this.#left) this.#waiting.shift()!.resolve();
  }

  // Only while data wait: a timer for each socket would be restarted by every read and write.
  #watchStall(): void {
    const connection = this.#connection;
    if (!connection || connection.timeout || this.bufferedAmount === 0) return;
    connection.setTimeout(this.#stalledMs, () => {
      if (this.bufferedAmount > 0) this.terminate();
      else connection.setTimeout(0);
    });
  }
}
