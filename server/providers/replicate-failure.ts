/**
 * What Replicate's errors mean: the text of a failed prediction, in whatever shape it comes, and the problems of its HTTP
 * API. https://replicate.com/docs/reference/error-codes
 */
import { isJsonObject } from '../lib/json.ts';
import { type AnsweredRequest, shortCode } from './send-request.ts';
import { classify, contentWords, type FailureRow, unreadableImageWords } from './failure-table.ts';
import type { GenerationFailure } from './provider.ts';
import { redact } from './redact.ts';

/** Codes come before words: a code says what its model means, whatever the sentence around it. */
const predictionTable: readonly FailureRow[] = [
  { says: /\bE005\b/, code: 'CONTENT_BLOCKED' },
  { says: /\bE006\b/, code: 'INVALID_INPUT' },
  // Nothing was made: the model behind Replicate turned the request away before it worked on it.
  {
    says: /\bE00[34]\b|\bhigh demand\b|\b(model|service|server) (is )?(currently |temporarily )*(unavailable|overloaded|at capacity)/i,
    code: 'PROVIDER_UNAVAILABLE',
    reason: 'HIGH_DEMAND',
    retry: { waitMs: 3000, maxAttempts: 3 },
  },
  // Faults of the platform, not of the model.
  {
    says: /\bE(9828|1000|6716|8765|9243)\b|\(code: PA\)|\binterrupted\b/i,
    code: 'PROVIDER_UNAVAILABLE',
    reason: 'INTERRUPTED',
    retry: { waitMs: 1000, maxAttempts: 2 },
  },
  // The model ran, and on the same request it runs out again.
  { says: /\bE1001\b|\bout of memory\b/i, code: 'PROVIDER_ERROR', reason: 'OUT_OF_MEMORY' },
  {
    says: /\binput validation|\binvalid input\b|\binput (was|is) invalid|\b(cannot|could not|unable to|failed to) (fetch|download)/i,
    code: 'INVALID_INPUT',
    reason: 'INPUT_VALIDATION',
  },
  { says: contentWords, code: 'CONTENT_BLOCKED', reason: 'CONTENT_POLICY' },
  { says: unreadableImageWords, code: 'REFERENCE_UNUSABLE', reason: 'UNREADABLE_IMAGE' },
  { code: 'PROVIDER_ERROR' },
];

/** Of `POST /predictions`: nothing was created. Words of the account's own statuses are not looked at. */
const creationTable: readonly FailureRow[] = [
  { http: [401, 403], code: 'PROVIDER_AUTH' },
  { http: [402], code: 'INSUFFICIENT_PROVIDER_CREDIT' },
  { http: [404], code: 'MODEL_NOT_FOUND' },
  { http: [400, 422], says: /"invalid_fields":\[\{/, code: 'INVALID_INPUT' },
  { http: [400, 422], says: contentWords, code: 'CONTENT_BLOCKED' },
  { http: [400, 422], says: unreadableImageWords, code: 'REFERENCE_UNUSABLE' },
  { http: [400, 413, 422], code: 'INVALID_INPUT' },
  { code: 'PROVIDER_BAD_RESPONSE' },
];

/** Of a prediction that failed. `error` is a string, or an object that holds one somewhere. */
export function predictionFailure(error: unknown): GenerationFailure {
  const words = wordsOf(error);
  const own = /\bE\d{3,5}\b/.exec(words)?.[0] ?? shortCode(/\(code: (\w+)\)/.exec(words)?.[1]);
  const failure = classify(predictionTable, { words, attempt: 1 })!;
  return own === undefined ? failure : { ...failure, reason: own };
}

/** Of a creation that was refused with an HTTP status below 500. */
export function creationFailure({ body }: AnsweredRequest, httpStatus: number): GenerationFailure {
  return classify(creationTable, {
    httpStatus,
    words: wordsOf(body),
    reason: `HTTP_${httpStatus}`,
    attempt: 1,
  })!;
}

/** The status of an answer: its problem's own, where one came with 200. */
export function problemStatus({ status, body }: AnsweredRequest): number {
  const bodyStatus = isJsonObject(body) && body['id'] === undefined ? body['status'] : undefined;
  return status < 300 && typeof bodyStatus === 'number' && bodyStatus >= 400 && bodyStatus < 600
    ? bodyStatus
    : status;
}

function wordsOf(said: unknown): string {
  return (typeof said === 'string' ? said : JSON.stringify(redact(said ?? null, []))).slice(0, 4000);
}
