/**
 * A slowdown that the works must notice, in the process of the product: CPU time for each write and timer, memory for each
 * connection, and a slow start with much memory.
 */
import { Server } from 'node:http';
import { Socket } from 'node:net';

const startMs = 5_000;
const connectionBytes = 256 * 1024;
const restBytes = 600 * 1024 * 1024;

function burn(ms: number): void {
  for (const endsAt = performance.now() + ms; performance.now() < endsAt;);
}

/** Wraps a method, so that `before` runs first. */
function runBefore<Name extends string>(
  owner: Record<Name, (...args: never[]) => unknown>,
  name: Name,
  before: (first: unknown) => void,
): void {
  const method = owner[name] as (...args: unknown[]) => unknown;
  owner[name] = function planted(this: unknown, ...args: unknown[]) {
    before(args[0]);
    return method.apply(this, args);
  };
}

/** @param writeMs CPU time of each write to a socket */
export function plant(writeMs: number): void {
  burn(startMs);
  const held = [Buffer.alloc(restBytes, 1)];
  runBefore(Socket.prototype, 'write', () => burn(writeMs));
  runBefore(Server.prototype, 'emit', (event) => {
    if (event === 'upgrade') held.push(Buffer.alloc(connectionBytes, 1));
  });
  setInterval(() => burn(25), 100).unref();
}
