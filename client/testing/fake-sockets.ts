/** WebSockets for tests with the server's side of `graphql-transport-ws`. */
interface Operation {
  query: string;
  variables?: Record<string, unknown>;
}

interface FakeSocket {
  /** Subscriptions that are open, by their id. */
  operations: Map<string, Operation>;
  /** Sends a result to every open subscription. */
  publish(data: Record<string, unknown>): void;
  /** Ends every open subscription with errors. */
  refuse(code: string): void;
  /** Ends every open subscription. */
  complete(): void;
  /** The connection is gone. */
  drop(code?: number): void;
}

interface FakeSockets {
  /** For `webSocketImpl`. */
  implementation: unknown;
  /** All sockets ever opened. */
  all: FakeSocket[];
  /** The last one; throws where there is none. */
  last(): FakeSocket;
  /** Whether connections are taken, and pings answered. */
  accepts: boolean;
  answersPings: boolean;
}

interface Message {
  type: string;
  id?: string;
  payload?: Operation;
}

export function createFakeSockets(): FakeSockets {
  // A class, because `new WebSocket(…)` is what is stood in for.
  class FakeWebSocket implements FakeSocket {
    static CONNECTING = 0;
    static OPEN = 1;
    static CLOSING = 2;
    static CLOSED = 3;
    readyState = 0;
    operations = new Map<string, Operation>();
    onopen: (() => void) | null = null;
    onclose: ((event: { code: number; reason: string }) => void) | null = null;
    onerror: ((error: unknown) => void) | null = null;
    onmessage: ((event: { data: string }) => void) | null = null;

    constructor() {
      sockets.all.push(this);
      queueMicrotask(() => {
        if (!sockets.accepts) return this.drop(1006);
        this.readyState = 1;
        this.onopen?.();
      });
    }

    send(text: string) {
      const message = JSON.parse(text) as Message;
      if (message.type === 'connection_init') this.#deliver({ type: 'connection_ack' });
      if (message.type === 'ping' && sockets.answersPings) this.#deliver({ type: 'pong' });
      if (message.type === 'subscribe' && message.id && message.payload)
        this.operations.set(message.id, message.payload);
      if (message.type === 'complete' && message.id) this.operations.delete(message.id);
    }

    close(code = 1000, reason = '') {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.operations.clear();
      this.onclose?.({ code, reason });
    }

    publish(data: Record<string, unknown>) {
      for (const id of this.operations.keys()) this.#deliver({ type: 'next', id, payload: { data } });
    }

    refuse(code: string) {
      for (const id of this.#end())
        this.#deliver({ type: 'error', id, payload: [{ message: code, extensions: { code } }] });
    }

    complete() {
      for (const id of this.#end()) this.#deliver({ type: 'complete', id });
    }

    drop(code = 1006) {
      this.close(code);
    }

    #end(): string[] {
      const ids = [...this.operations.keys()];
      this.operations.clear();
      return ids;
    }

    #deliver(message: object) {
      queueMicrotask(() => this.onmessage?.({ data: JSON.stringify(message) }));
    }
  }

  const sockets: FakeSockets = {
    implementation: FakeWebSocket,
    all: [],
    accepts: true,
    answersPings: true,
    last() {
      const socket = sockets.all.at(-1);
      if (!socket) throw new Error('No socket was opened.');
      return socket;
    },
  };
  return sockets;
}
