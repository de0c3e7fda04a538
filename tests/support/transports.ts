/** One operation over each transport, and its first answer as it came. */
import { openSocket } from './socket.ts';

/** As an object, or as JSON that no object could be written to. */
export type Operation = { query: string; variables?: object } | string;

export interface Answer {
  /** The HTTP status; undefined over a WebSocket. */
  status: number | undefined;
  /** The body, the first event or the first message. */
  text: string;
}

export type Transport = keyof typeof transports;

type Ask = (url: string, operation: Operation, headers?: Record<string, string>) => Promise<Answer>;

const post: Ask = (url, operation, headers) =>
  fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: toJson(operation),
  }).then(async (answer) => ({ status: answer.status, text: await answer.text() }));

const stream: Ask = async (url, operation, headers) => {
  const leaving = new AbortController();
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: toJson(operation),
    signal: leaving.signal,
  });
  let text = '';
  for await (const chunk of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    // Comments keep the connection open and say nothing.
    if (/^data: .+\n\n/m.test(text)) break;
  }
  leaving.abort();
  return { status: answer.status, text };
};

const socket: Ask = async (url, operation, headers) => {
  const opened = await openSocket(url, headers ? { headers } : {});
  opened.send(`{"id":"1","type":"subscribe","payload":${toJson(operation)}}`);
  const message = await opened.next().catch((error: Error) => error.message);
  await opened.close();
  return { status: undefined, text: JSON.stringify(message) };
};

export const transports = { HTTP: post, SSE: stream, WebSocket: socket } satisfies Record<string, Ask>;

/** The codes of the errors in an answer, each once. */
export function codesIn({ text }: Answer): string[] {
  return [...new Set([...text.matchAll(/"code":"(\w+)"/g)].map(([, code]) => code!))];
}

function toJson(operation: Operation): string {
  return typeof operation === 'string' ? operation : JSON.stringify(operation);
}
