/** A TCP proxy on loopback that can fail in every way a network does. */
import { createServer, connect, type Server, type Socket } from 'node:net';
import { reusablePort } from '../support/reusable-port.ts';

/**
 * - `pass`: bytes go through.
 * - `pause`: bytes wait until it passes again.
 * - `delay`: bytes go through late, by `delayMs` in each direction.
 * - `black-hole`: bytes vanish; connections are accepted and stay silent. Those of that time never recover.
 * - `reset`: every connection is reset, new ones too.
 * - `stop`: every connection is cut and no new one is taken.
 */
export type ProxyMode = 'pass' | 'pause' | 'delay' | 'black-hole' | 'reset' | 'stop';

/** What becomes of bytes: they go on; they and all that follow, both ways, vanish; the connection is cut. */
export type Verdict = boolean | 'cut';

/** Sees the bytes of one connection before they go on. */
export interface Interceptor {
  fromClient?(bytes: Buffer): Verdict;
  fromServer?(bytes: Buffer): Verdict;
}

export interface TcpProxy {
  readonly port: number;
  readonly mode: ProxyMode;
  /** Connections at the moment. */
  readonly size: number;
  set(mode: ProxyMode, options?: { delayMs?: number }): Promise<void>;
  /** Resets the connections that are chosen; all there are where nothing chooses. */
  cut(isChosen?: () => boolean): void;
  close(): Promise<void>;
}

interface Link {
  client: Socket;
  server: Socket;
  isSwallowed: boolean;
}

export async function startTcpProxy(
  target: { host: string; port: number },
  interceptor: () => Interceptor = () => ({}),
): Promise<TcpProxy> {
  const links = new Set<Link>();
  let mode: ProxyMode = 'pass';
  let delayMs = 0;
  let passing = Promise.withResolvers<void>();
  passing.resolve();

  function forward(link: Link, from: Socket, to: Socket, sees: Interceptor['fromClient']) {
    let queue = Promise.resolve();
    const inOrder = (step: () => void) => {
      // From its own arrival: what is late makes nothing after it later still.
      const [dueAtMs, open] = [performance.now() + (mode === 'delay' ? delayMs : 0), passing.promise];
      queue = queue.then(async () => {
        const waitMs = dueAtMs - performance.now();
        if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
        await open;
        step();
      });
    };
    from.on('data', (bytes: Buffer) => {
      if (mode === 'black-hole') link.isSwallowed = true;
      inOrder(() => {
        const verdict = link.isSwallowed ? false : (sees?.(bytes) ?? true);
        if (verdict === 'cut') return cutLink(link);
        if (!verdict) link.isSwallowed = true;
        else if (!to.destroyed && !to.write(bytes)) {
          from.pause();
          to.once('drain', () => from.resume());
        }
      });
    });
    from.on('end', () => inOrder(() => to.end()));
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => {
      links.delete(link);
      inOrder(() => to.destroy());
    });
  }

  const server: Server = createServer({ noDelay: true }, (client) => {
    if (mode === 'reset') return void client.resetAndDestroy();
    const upstream = connect({ ...target, noDelay: true });
    const link: Link = { client, server: upstream, isSwallowed: mode === 'black-hole' };
    links.add(link);
    const { fromClient, fromServer } = interceptor();
    forward(link, client, upstream, fromClient);
    forward(link, upstream, client, fromServer);
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port, host: '127.0.0.1', backlog: 4_096 }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  const port = await reusablePort();
  await listen(port);

  const cut = (isChosen = () => true) => {
    for (const link of links) if (isChosen()) cutLink(link);
  };

  return {
    port,
    get mode() {
      return mode;
    },
    get size() {
      return links.size;
    },
    cut,
    async set(next, options = {}) {
      const before = mode;
      mode = next;
      delayMs = options.delayMs ?? 0;
      if (next === 'pause') passing = Promise.withResolvers();
      else passing.resolve();
      if (next === 'black-hole') for (const link of links) link.isSwallowed = true;
      if (next === 'stop' && before !== 'stop') server.close();
      if (next === 'stop' || next === 'reset') cut();
      if (before === 'stop' && next !== 'stop') await listen(port);
    },
    async close() {
      passing.resolve();
      cut();
      if (server.listening) await new Promise((resolve) => server.close(resolve));
    },
  };
}

function cutLink({ client, server }: Link): void {
  client.resetAndDestroy();
  server.resetAndDestroy();
}
