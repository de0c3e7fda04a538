import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers a request on `node:http`. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

export const notFound: Handler = (_, response) => {
  response.writeHead(404, { 'Content-Type': 'text/plain' });
  response.end('Not found\n');
};
