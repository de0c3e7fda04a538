/** The id of a request, which its response and its log lines have. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export const requestIdHeader = 'X-Request-Id';

/** 1 to 128 letters, digits, dots, underscores and hyphens; no API key, which would reach the log. */
const wellFormed = /^(?!.*psk_)[\w.-]{1,128}$/;

/** The caller's own id where it is well formed, else a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const id = headers['x-request-id'];
  return typeof id === 'string' && wellFormed.test(id) ? id : randomUUID();
}
