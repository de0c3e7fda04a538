/** A client process: callers that send the next request when the answer is there, over connections that stay open. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { serveCalls } from './probe.ts';

export interface HttpRequest {
  body: string;
  token?: string | undefined;
  /** A file with the body, and its type, where it is no JSON. */
  bodyFile?: { path: string; contentType: string };
}

export interface HttpJob {
  url: string;
  callers: number;
  durationMs: number;
  /** Each caller sends its share of them in turn: caller n of 16 the requests n, n + 16 and so on, modulo their number. */
  requests: HttpRequest[];
  /** A regular expression that every answer's body must match. */
  expected: string;
}

export interface HttpResult {
  /** Of each right answer. */
  latenciesMs: number[];
  seconds: number;
  /** Requests without an answer, or with a wrong one. */
  lost: number;
  /** The first wrong answer. */
  wrong?: string;
}

/** The body, once all of it is there. @throws where the response has neither a length nor chunks */
export function readResponse(text: string): { status: number; body: string } | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd).toLowerCase();
  const status = Number(head.slice(9, 12));
  const rest = text.slice(headEnd + 4);
  const [, length] = /\r\ncontent-length: (\d+)/.exec(head) ?? [];
  if (length !== undefined) return rest.length < Number(length) ? undefined : { status, body: rest };
  if (!head.includes('transfer-encoding: chunked')) throw new Error(`No length: ${head}`);
  return rest.endsWith('0\r\n\r\n') ? { status, body: joinChunks(rest) } : undefined;
}

function joinChunks(text: string): string {
  const lineEnd = text.indexOf('\r\n');
  const size = Number.parseInt(text, 16);
  if (!(size > 0)) return '';
  return text.slice(lineEnd + 2, lineEnd + 2 + size) + joinChunks(text.slice(lineEnd + 4 + size));
}

function requestBytes({ url }: HttpJob, { body, token, bodyFile }: HttpRequest): Buffer {
  const content = bodyFile ? readFileSync(bodyFile.path) : Buffer.from(body);
  const head =
    `POST /graphql HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: ${bodyFile?.contentType ?? 'application/json'}\r\n` +
    `Accept: application/json\r\n${token ? `Authorization: Bearer ${token}\r\n` : ''}` +
    `Content-Length: ${content.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), content]);
}

async function run(job: HttpJob): Promise<HttpResult> {
  const expected = new RegExp(job.expected);
  const result: HttpResult = { latenciesMs: [], seconds: 0, lost: 0 };
  const startedAt = performance.now();
  const endsAt = startedAt + job.durationMs;
  const { hostname, port } = new URL(job.url);
  const fail = (wrong: string) => {
    result.lost += 1;
    result.wrong ??= wrong;
  };
  const requests = job.requests.map((request) => requestBytes(job, request));
  const callOver = (socket: Socket, caller: number) =>
    new Promise<void>((resolve) => {
      let [text, sentAt, next] = ['', performance.now(), caller];
      const send = () => {
        socket.write(requests[next % requests.length]!);
        next += job.callers;
      };
      // Latin 1: lengths count bytes.
      socket.setEncoding('latin1').on('data', (part: string) => {
        text += part;
        const response = readResponse(text);
        if (!response) return;
        text = '';
        const now = performance.now();
        if (response.status === 200 && expected.test(response.body)) result.latenciesMs.push(now - sentAt);
        else fail(`${response.status} ${response.body.slice(0, 500)}`);
        if (now >= endsAt) return void socket.end(resolve);
        sentAt = now;
        send();
      });
      socket.once('close', () => resolve());
      socket.on('error', (error) => fail(String(error)));
      send();
    });
  const callers = Array.from({ length: job.callers }, (_, caller) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    return callOver(socket, caller);
  });
  await Promise.all(callers);
  return { ...result, seconds: (performance.now() - startedAt) / 1000 };
}

if (process.argv[1] === import.meta.filename) {
  serveCalls({ run });
  console.log('ready');
}
