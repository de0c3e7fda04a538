import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { createSocketPings } from './socket-pings.ts';

const everyMs = 200;

/** A server that pings its sockets, and clients of it that answer or not. */
async function startServer() {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const pings = createSocketPings(everyMs);
  server.on('connection', (socket) => {
    pings.add(socket);
    socket.once('close', () => pings.remove(socket));
  });
  const { port } = server.address() as AddressInfo;
  return async ({ autoPong }: { autoPong: boolean }) => {
    const client = new WebSocket(`ws://127.0.0.1:${port}`, { autoPong });
    onTestFinished(() => client.terminate());
    await once(client, 'open');
    return client;
  };
}

it('terminates a socket that does not answer its ping, and goes on with those that do', async () => {
  const connect = await startServer();
  const [answering, silent] = [await connect({ autoPong: true }), await connect({ autoPong: false })];
  const [code] = (await once(silent, 'close')) as [number];
  expect(code).toBe(1006);
  for (let count = 0; count < 3; count += 1) await once(answering, 'ping');
  expect(answering.readyState).toBe(WebSocket.OPEN);
});

it('has one timer for all sockets, which ends with the last of them', async () => {
  const [started, ended] = [vi.spyOn(globalThis, 'setInterval'), vi.spyOn(globalThis, 'clearInterval')];
  onTestFinished(() => {
    started.mockRestore();
    ended.mockRestore();
  });
  const timers = () => started.mock.results.filter((_, index) => started.mock.calls[index]?.[1] === everyMs);
  const connect = await startServer();
  const clients = await Promise.all(Array.from({ length: 10 }, () => connect({ autoPong: true })));
  await Promise.all(clients.map((client) => once(client, 'ping')));
  expect(timers().length).toBe(1);
  for (const client of clients) client.close();
  const timer = timers()[0]!.value;
  await expect.poll(() => ended.mock.calls.some(([ended]) => ended === timer)).toBe(true);
});
