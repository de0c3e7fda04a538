import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { createHttpServer } from './server.ts';

const megabyte = 'x'.repeat(1_000_000);
const log = { info: () => {}, warn: () => {}, error: () => {} };

/** A server whose answers begin and end when the test says so, and a connection that has asked it for one. */
async function askedServer({ begins = true } = {}) {
  const server = createHttpServer({ log });
  const port = await server.listen('127.0.0.1', 0);
  onTestFinished(() => server.close({ graceMs: 0 }));
  const isAsked = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<void>();
  server.serve({
    routes: {
      '/': async (_, response) => {
        if (begins) response.write('begun ');
        isAsked.resolve();
        await ending.promise;
        response.end('ended');
      },
    },
    guarded: [],
    corsOrigins: [],
    isAllowedOrigin: () => true,
    upgrade: async () => {},
  });
  const client = connect(port, '127.0.0.1');
  onTestFinished(() => void client.destroy());
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await isAsked.promise;
  return { server, port, client, end: ending.resolve };
}

// A connection is otherwise kept for a minute, which is longer than this waits.
it.each([true, false])('closes with the last answer, begun before it stopped: %s', async (begins) => {
  const { server, client, end } = await askedServer({ begins });
  const closed = server.close({ graceMs: 600_000 });
  end();
  expect(await text(client)).toMatch(begins ? /begun [^]*ended/ : /connection: close[^]*ended/i);
  await closed;
});

it('does not wait for connections on which nothing was asked', async () => {
  const { server, port, client, end } = await askedServer();
  client.resume();
  const ahead = connect(port, '127.0.0.1');
  await once(ahead, 'connect');
  const closed = server.close({ graceMs: 600_000 });
  end();
  await closed;
  expect(await text(ahead)).toBe('');
});

it('answers requests that come before it serves once it does', async () => {
  const server = createHttpServer({ log });
  onTestFinished(() => server.close({ graceMs: 0 }));
  const port = await server.listen('127.0.0.1', 0);
  const client = connect(port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  // Both connections have been accepted when the server has refused the second.
  const refused = connect(port, '127.0.0.1');
  refused.write('nothing\r\n\r\n');
  expect(await text(refused)).toMatch(/^HTTP\/1\.1 400 /);
  server.serve({
    routes: { '/': (_, response) => void response.end('served') },
    guarded: [],
    corsOrigins: [],
    isAllowedOrigin: () => true,
    upgrade: async () => {},
  });
  expect(await text(client)).toMatch(/^HTTP\/1\.1 200 [^]*served/);
});

// A proxy would send its next request into a connection that is about to be closed.
it('ends each connection after its response while it drains', async () => {
  const { server, port, client, end } = await askedServer({ begins: false });
  await server.drain(0);
  end();
  expect(await text(client)).toContain('ended');
  const next = connect(port, '127.0.0.1');
  next.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  expect(await text(next)).toMatch(/connection: close[^]*ended/i);
});

it('closes an answer that no client reads, and none that has nothing to send', async () => {
  const server = createHttpServer({ log, stalledMs: 200 });
  const port = await server.listen('127.0.0.1', 0);
  onTestFinished(() => server.close({ graceMs: 0 }));
  const [isStalled, isQuiet] = [Promise.withResolvers<void>(), Promise.withResolvers<ServerResponse>()];
  server.serve({
    routes: {
      '/quiet': (_, response) => {
        response.write('quiet ');
        isQuiet.resolve(response);
      },
      '/endless': async (_, response) => {
        response.once('close', isStalled.resolve);
        while (!response.destroyed)
          if (!response.write(megabyte)) await once(response, 'drain').catch(() => {});
      },
    },
    guarded: [],
    corsOrigins: [],
    isAllowedOrigin: () => true,
    upgrade: async () => {},
  });
  const ask = (path: string) => {
    const client = connect(port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    client.on('error', () => {});
    client.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    return client;
  };
  const quiet = ask('/quiet');
  const response = await isQuiet.promise;
  ask('/endless');
  await isStalled.promise;
  response.end('to the end');
  void server.close({ graceMs: 600_000 });
  expect(await text(quiet)).toMatch(/quiet [^]*to the end/);
});

it('cuts off a body that does not come with 408, and waits longer for a file', async () => {
  const server = createHttpServer({ log, bodyTimeoutMs: 50 });
  onTestFinished(() => server.close({ graceMs: 0 }));
  const port = await server.listen('127.0.0.1', 0);
  server.serve({
    routes: { '/': async (request, response) => void response.end(await text(request).catch(() => '')) },
    guarded: [],
    corsOrigins: [],
    isAllowedOrigin: () => true,
    upgrade: async () => {},
  });
  const send = (contentType: string) => {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${contentType}\r\nContent-Length: 10\r\nConnection: close\r\n\r\n12345`,
    );
    return { socket, answer: text(socket) };
  };
  const file = send('multipart/form-data; boundary=x');
  expect(await send('application/json').answer).toMatch(/^HTTP\/1\.1 408 /);
  file.socket.write('67890');
  expect(await file.answer).toMatch(/^HTTP\/1\.1 200 [^]*1234567890/);
});
