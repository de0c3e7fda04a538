import type { IncomingMessage, ServerResponse } from 'node:http';

/** Answers a request on `node:http`. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;
