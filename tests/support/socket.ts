/** A WebSocket whose messages are written by hand, well formed or not. */
import { on, once } from 'node:events';
import { WebSocket } from 'ws';

/** A message of the protocol `graphql-transport-ws`. */
export interface SocketMessage {
  type: string;
  id?: string;
  payload?: unknown;
}

export interface TestSocket {
  /** Sends text and bytes as they are, and anything else as JSON. */
  send(message: unknown): void;
  /** The next message; rejects where the socket is closed instead. */
  next(): Promise<SocketMessage>;
  /** Resolves with the code that the server closed it with. */
  closed: Promise<number>;
  /** Resolves with the words beside the code. */
  closingReason: Promise<string>;
  close(): Promise<void>;
}

interface Options {
  protocol?: string | string[];
  headers?: Record<string, string>;
  /** The payload of `connection_init`; `false` sends none. */
  init?: unknown;
}

/** Opens a socket to the app at `url` and, unless told otherwise, waits for its acknowledgement. */
export async function openSocket(url: string, options: Options = {}): Promise<TestSocket> {
  const { protocol = 'graphql-transport-ws', headers, init = {} } = options;
  const client = new WebSocket(`${url.replace('http', 'ws')}/graphql`, protocol, headers ? { headers } : {});
  const ended = once(client, 'close') as Promise<[number, Buffer]>;
  const closed = ended.then(([code]) => code);
  const closingReason = ended.then(([, reason]) => String(reason));
  // The wait for the opening rejects with the error.
  for (const promise of [closed, closingReason]) promise.catch(() => {});
  const inbox = on(client, 'message', { close: ['close'] });
  await once(client, 'open');
  const socket: TestSocket = {
    send: (message) =>
      client.send(
        typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message),
      ),
    async next() {
      const { done, value } = (await inbox.next()) as IteratorResult<[Buffer]>;
      if (done) throw new Error(`Closed with ${await closed}`);
      return JSON.parse(value[0].toString()) as SocketMessage;
    },
    closed,
    closingReason,
    async close() {
      client.close();
      await closed;
    },
  };
  if (init !== false) {
    socket.send({ type: 'connection_init', payload: init });
    const { type } = await socket.next();
    if (type !== 'connection_ack') throw new Error(`Answered with ${type}`);
  }
  return socket;
}
