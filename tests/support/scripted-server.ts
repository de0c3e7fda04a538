/** For tests: an HTTP server on a free loopback port that records every request and answers by a script. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ScriptedRequest {
  method: string;
  /** With its query. */
  path: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The body parsed, where it is JSON. */
  json: unknown;
}

export type ScriptedAnswer =
  | { status?: number; headers?: Record<string, string>; json: unknown }
  | { status?: number; headers?: Record<string, string>; body: string | Uint8Array }
  /** The connection is closed once the request has been read. */
  | { drop: true }
  /** Nothing is answered until the client leaves. */
  | { hang: true }
  /** A body that does not end. */
  | { flood: true }
  /** The head, then this much of a longer body, then the end of the connection. */
  | { status?: number; cutOff: string };

export type Script = (request: ScriptedRequest) => ScriptedAnswer;

export interface ScriptedServer {
  /** `http://127.0.0.1:…`, without a slash at the end. */
  url: string;
  requests: readonly ScriptedRequest[];
  /** Replaces the script and forgets the requests so far. */
  answer(script: Script): void;
  /** Resolves once this many requests have come; rejects after 5 s. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function openScriptedServer(): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = [];
  let script: Script = () => ({ status: 404, json: {} });
  const server = createServer(async (message, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const request = {
      method: message.method ?? '',
      path: message.url ?? '',
      headers: message.headers,
      body,
      json: parsed(body),
    };
    requests.push(request);
    write(response, script(request));
    server.emit('recorded');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    answer(next) {
      script = next;
      requests.length = 0;
    },
    async received(count) {
      const deadline = AbortSignal.timeout(5000);
      while (requests.length < count) await once(server, 'recorded', { signal: deadline });
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** The address of a port on which nothing listens. */
export async function closedAddress(): Promise<string> {
  const server = await openScriptedServer();
  await server.close();
  return server.url;
}

function write(response: ServerResponse, answer: ScriptedAnswer): void {
  if ('hang' in answer) return;
  if ('flood' in answer) {
    response.writeHead(200);
    const pump = () => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
    };
    response.on('drain', pump);
    pump();
  } else if ('drop' in answer) {
    response.destroy();
  } else if ('cutOff' in answer) {
    response.writeHead(answer.status ?? 200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(answer.cutOff) + 100,
    });
    response.write(answer.cutOff, () => response.destroy());
  } else {
    const body = 'json' in answer ? JSON.stringify(answer.json) : answer.body;
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers });
    response.end(body);
  }
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
