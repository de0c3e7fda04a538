import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createBackgroundWork } from './background-work.ts';
import type { Pace, SandboxLog } from './pace.ts';
import type { Script } from './script.ts';

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

/**
 * Serves on `port` of 127.0.0.1, or on a free one where that is 0.
 * Where `handle` throws, the client gets 500, or a cut connection where the response has begun.
 */
export async function listenOnLoopback(
  port: number,
  log: SandboxLog,
  handle: (exchange: Exchange) => Promise<void>,
) {
  const work = createBackgroundWork();
  let origin = '';

  async function answer(request: IncomingMessage, response: ServerResponse) {
    try {
      // A page in a browser can reach this port under a name of its own (DNS rebinding); it must not read responses.
      if (!/^(127\.0\.0\.1|localhost):\d+$/.test(request.headers.host ?? '')) {
        return sendText(response, 421, 'Misdirected Request');
      }
      await handle({ request, response, url: new URL(request.url ?? '/', origin) });
    } catch (error) {
      if (!request.socket.destroyed) log('sandbox request failed', { error });
      if (response.headersSent) response.destroy();
      else sendText(response, 500, 'Internal Server Error');
    }
  }

  const server = createServer((request, response) => work.add(answer(request, response)));
  await once(server.listen(port, '127.0.0.1'), 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    /** `http://127.0.0.1:PORT`. */
    origin,
    /** Cuts every connection, and resolves once every handler has returned. */
    async close() {
      const closed = once(server.close(), 'close');
      server.closeAllConnections();
      await closed;
      await work.idle();
    },
  };
}

/** The body of a message; undefined where it is larger than `maxBytes`, after all of it was taken off the wire. */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= maxBytes) chunks.push(chunk);
    else chunks.length = 0;
  }
  return bytes <= maxBytes ? Buffer.concat(chunks) : undefined;
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  contentType = 'application/json; charset=UTF-8',
): void {
  response.writeHead(status, { 'Content-Type': contentType }).end(JSON.stringify(body));
}

export function sendText(
  response: ServerResponse,
  status: number,
  text: string,
  contentType = 'text/plain; charset=UTF-8',
): void {
  response.writeHead(status, { 'Content-Type': contentType }).end(text);
}

const pieceBytes = 64 * 1024;
const minPieces = 20;

/** Ends a response with `bytes`, in chunks over the seconds that `slow-body` in a prompt says, or at once. */
export async function sendSlowly(
  response: ServerResponse,
  bytes: Buffer,
  { script, pace, signal }: { script: Script; pace: Pace; signal: AbortSignal },
): Promise<void> {
  if (!script.has('slow-body')) return void response.end(bytes);
  const pieces = Math.max(minPieces, Math.ceil(bytes.length / pieceBytes));
  const step = Math.ceil(bytes.length / pieces);
  for (let offset = 0; offset < bytes.length; offset += step) {
    await pace.work(script.durationMs('slow-body', 5000, 0) / pieces, signal);
    if (response.destroyed) return;
    response.write(bytes.subarray(offset, offset + step));
  }
  response.end();
}

/** The page that a proxy in front of a provider shows instead of an answer. */
export const proxyErrorPage =
  '<!DOCTYPE html>\n<html><head><title>502: Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n';
