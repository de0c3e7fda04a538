/** Counts the statements between the product and its PostgreSQL server, which it passes on as they are. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Message types of the protocol that run a statement: Execute and Query. */
const running = new Set(['E'.charCodeAt(0), 'Q'.charCodeAt(0)]);

/** Calls `count` for each message that runs a statement, in what a client sends. */
export function createMessageReader(count: () => void): (bytes: Buffer) => void {
  let waiting: Buffer = Buffer.alloc(0);
  let isStarted = false;
  return (bytes) => {
    waiting = waiting.length > 0 ? Buffer.concat([waiting, bytes]) : bytes;
    for (;;) {
      // The first message has no type.
      const lengthAt = isStarted ? 1 : 0;
      if (waiting.length < lengthAt + 4) return;
      const end = lengthAt + waiting.readUInt32BE(lengthAt);
      if (waiting.length < end) return;
      if (isStarted && running.has(waiting[0]!)) count();
      waiting = waiting.subarray(end);
      isStarted = true;
    }
  };
}

export async function startStatementCounter(opened: AsyncDisposableStack) {
  let [statements, target] = [0, new URL('postgres://127.0.0.1:5432')];
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port || 5432), target.hostname);
    client.on(
      'data',
      createMessageReader(() => (statements += 1)),
    );
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket.setNoDelay());
      socket.on('error', () => {}).on('close', () => [client, upstream].map((each) => each.destroy()));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.defer(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    /** So far. */
    statements: () => statements,
    /** The address of the proxy for a database. One server is meant. */
    address(url: string): string {
      target = new URL(url);
      const proxied = new URL(url);
      proxied.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      return proxied.href;
    },
  };
}
