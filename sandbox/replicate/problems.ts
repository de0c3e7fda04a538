import type { ServerResponse } from 'node:http';
import { sendJson } from '../lib/loopback-server.ts';

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
  /** False where the provider leaves the status out of the body. */
  statusInBody?: boolean;
}

export function sendProblem(response: ServerResponse, problem: Problem): void {
  const { status, title, detail, statusInBody = true, ...rest } = problem;
  if (rest.retry_after !== undefined) response.setHeader('Retry-After', String(rest.retry_after));
  const body = { ...(title && { title }), detail, ...(statusInBody && { status }), ...rest };
  sendJson(response, status, body, 'application/problem+json');
}

export const unauthenticated: Problem = {
  title: 'Unauthenticated',
  detail: 'You did not pass a valid authentication token',
  status: 401,
};

export const insufficientCredit: Problem = {
  title: 'Insufficient credit',
  detail:
    'You have insufficient credit to run this model. Purchase credit on the billing page. ' +
    'If you have just purchased credit, please wait a few minutes before trying again.',
  status: 402,
};

export const notFound: Problem = { detail: 'The requested resource could not be found.', status: 404 };

export const serverError: Problem = {
  title: 'Internal Server Error',
  detail: 'Internal server error',
  status: 500,
};

export const tooLarge: Problem = {
  title: 'Request too large',
  detail: 'The request body is too large.',
  status: 413,
};

export const badVersion: Problem = {
  title: 'Invalid version or not permitted',
  detail: "The specified version does not exist (or perhaps you don't have permission to use it?)",
  status: 422,
};

/** For an account with little credit; it has no retry time. */
export const lowCredit: Problem = {
  title: 'Request was throttled',
  detail:
    'Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a burst ' +
    'of 1 requests while you have less than $5.0 in credit.',
  status: 429,
};

export function badRequest(detail: string): Problem {
  return { title: 'Bad request', detail, status: 400 };
}

export function throttled(seconds: number): Problem {
  return {
    detail: `Request was throttled. Your rate limit resets in ~${seconds}s.`,
    status: 429,
    retry_after: seconds,
    statusInBody: false,
  };
}

export function invalidInput(fields: readonly InvalidField[]): Problem {
  const lines = fields.map(({ field, description }) => `- ${field && `${field}: `}${description}\n`);
  return { title: 'Input validation failed', detail: lines.join(''), status: 422, invalid_fields: fields };
}
