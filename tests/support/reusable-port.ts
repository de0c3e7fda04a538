import { once } from 'node:events';
import { createServer } from 'node:net';

const first = 20_000;
const count = 12_000;
/** Those tried by this process: the caller that got one may not listen on it yet. */
const tried = new Set<number>();

/**
 * A free port of 127.0.0.1 for a server that is ended and started again. It lies below those that systems give to outgoing
 * connections (from 32768 on Linux), one of which would take it meanwhile.
 */
export async function reusablePort(): Promise<number> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    if (tried.has(port)) continue;
    tried.add(port);
    const probe = createServer().listen(port, '127.0.0.1');
    const isFree = await once(probe, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    probe.close();
    await once(probe, 'close');
    return port;
  }
}
