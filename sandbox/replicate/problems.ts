import type { ServerResponse } from 'node:http';
import { sendJson } from '../lib/http-server.ts';

/** One fault of a request's body, in the terms of the provider's JSON Schema validator. */
export interface InvalidField {
  type: string;
  /** `input.prompt`; empty for the body itself. */
  field: string;
  description: string;
}

/** An error answer: RFC 9457's fields as far as the provider fills them in. */
export interface Problem {
  status: number;
  title?: string;
  detail: string;
  retry_after?: number;
  invalid_fields?: readonly InvalidField[];
}

export function sendProblem(response: ServerResponse, { title, detail, status, ...rest }: Problem): void {
  const { retry_after: retryAfter } = rest;
  if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
  // The provider leaves the status out of the body of a refusal that has a retry time.
  const body = { ...(title && { title }), detail, ...(retryAfter === undefined && { status }), ...rest };
  sendJson(response, status, body, 'application/problem+json');
}

function problem(status: number, title: string, detail: string): Problem {
  return { status, title, detail };
}

export const unauthenticated = problem(
  401,
  'Unauthenticated',
  'You did not pass a valid authentication token',
);

export const insufficientCredit = problem(
  402,
  'Insufficient credit',
  'You have insufficient credit to run this model. Purchase credit on the billing page. ' +
    'If you have just purchased credit, please wait a few minutes before trying again.',
);

export const notFound: Problem = { detail: 'The requested resource could not be found.', status: 404 };

export const serverError = problem(500, 'Internal Server Error', 'Internal server error');

export const tooLarge = problem(413, 'Request too large', 'The request body is too large.');

export const badVersion = problem(
  422,
  'Invalid version or not permitted',
  "The specified version does not exist (or perhaps you don't have permission to use it?)",
);

/** For an account with little credit; it has no retry time. */
export const lowCredit = problem(
  429,
  'Request was throttled',
  'Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a burst ' +
    'of 1 requests while you have less than $5.0 in credit.',
);

export const badRequest = (detail: string): Problem => problem(400, 'Bad request', detail);

export function throttled(seconds: number): Problem {
  const detail = `Request was throttled. Your rate limit resets in ~${seconds}s.`;
  return { status: 429, detail, retry_after: seconds };
}

export function invalidInput(fields: readonly InvalidField[]): Problem {
  const lines = fields.map(({ field, description }) => `- ${field && `${field}: `}${description}\n`);
  return { ...problem(422, 'Input validation failed', lines.join('')), invalid_fields: fields };
}
