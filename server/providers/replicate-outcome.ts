/** What Replicate's answers mean. Its words: https://replicate.com/docs/reference/http and its error codes. */
import type { FailureCode } from '../lib/failures.ts';
import { isJsonObject, type JsonObject } from '../lib/json.ts';
import { type AnsweredRequest, isSuccess, type RequestResult } from './send-request.ts';
import type { GenerationFailure, GenerationState, GeneratedImage } from './provider.ts';
import { redact } from './redact.ts';
import { creationFailure, predictionFailure, problemStatus } from './replicate-failure.ts';
import { progressPercent } from './replicate-progress.ts';
import { jitteredWaitMs, requestedWaitMs } from './retry-after.ts';

export interface ReplicateReading {
  /** The pictures of a prediction's `output`. */
  images(output: unknown): GeneratedImage[];
  /** Removed from the stored answer. */
  secrets: readonly string[];
}

/** Reads the response of `GET /predictions/{id}`; an inconclusive one is `unknown`, so it is polled again. */
export function readPoll(result: RequestResult, reading: ReplicateReading): GenerationState {
  if (result.kind !== 'answered') return { status: 'unknown' };
  const httpStatus = problemStatus(result);
  if (httpStatus < 300) return readPrediction(result.body, reading) ?? { status: 'unknown' };
  if (isPassing(httpStatus)) {
    const waitMs = requestedWaitMs(result.headers, result.body);
    return { status: 'unknown', ...(waitMs === undefined ? {} : { retryAfterMs: jitteredWaitMs(waitMs) }) };
  }
  const code =
    httpStatus === 404 ? 'PROVIDER_LOST' : (accountFailures[httpStatus] ?? 'PROVIDER_BAD_RESPONSE');
  return failed({ code, reason: `HTTP_${httpStatus}` }, answerOf(result, reading));
}

/**
 * Of the request that creates a prediction. An answer that does not name the prediction leaves open whether one runs,
 * so it must not be sent again.
 */
export function readCreation(result: RequestResult, reading: ReplicateReading): GenerationState {
  if (result.kind === 'unsent') return failed(unavailable(result.reason));
  if (result.kind === 'unanswered') return { status: 'unknown' };
  const httpStatus = problemStatus(result);
  if (httpStatus < 300) {
    const state = readPrediction(result.body, reading);
    if (state?.status !== 'unknown' || state.externalId === undefined) return state ?? { status: 'unknown' };
    return { ...state, status: 'running', operation: { id: state.externalId }, started: false };
  }
  const answer = answerOf(result, reading);
  const reason = `HTTP_${httpStatus}`;
  if (httpStatus === 429)
    return failed({ code: 'RATE_LIMITED', reason, retry: rateLimitRetry(result) }, answer);
  if (isPassing(httpStatus)) return { status: 'unknown', ...answer };
  return failed(creationFailure(result, httpStatus), answer);
}

/** Of `POST /files`: the file's address, or why there is none. No prediction exists yet, so it may all be sent again. */
export function readUpload(result: RequestResult): { url: string } | { failure: GenerationFailure } {
  if (result.kind !== 'answered') return { failure: unavailable(result.reason) };
  const reason = `HTTP_${result.status}`;
  if (isSuccess(result)) {
    const urls = isJsonObject(result.body) ? result.body['urls'] : undefined;
    const url = isJsonObject(urls) ? urls['get'] : undefined;
    if (typeof url === 'string' && /^https?:\/\//i.test(url)) return { url };
    return { failure: { code: 'PROVIDER_BAD_RESPONSE', reason, retry: { afterMs: 1000, maxAttempts: 2 } } };
  }
  if (result.status === 429)
    return { failure: { code: 'RATE_LIMITED', reason, retry: rateLimitRetry(result) } };
  if (isPassing(result.status)) return { failure: unavailable(reason) };
  if (result.status < 400) return { failure: { code: 'PROVIDER_BAD_RESPONSE', reason } };
  return { failure: { code: accountFailures[result.status] ?? 'REFERENCE_UNUSABLE', reason } };
}

/** Undefined where the body is no prediction that can be followed. */
function readPrediction(body: unknown, reading: ReplicateReading): GenerationState | undefined {
  if (!isJsonObject(body)) return undefined;
  const id = predictionId(body['id']);
  if (id === undefined) return undefined;
  const answered = { externalId: id, answer: redact(body, reading.secrets) };
  switch (body['status']) {
    case 'starting':
      return { status: 'running', operation: { id }, started: false, ...answered };
    // Output may be there already; with `succeeded` it is whole.
    case 'processing': {
      const percent = progressPercent(body['logs']);
      const progress = percent === undefined ? {} : { percent };
      return { status: 'running', operation: { id }, started: true, ...progress, ...answered };
    }
    case 'succeeded':
      return readSuccess(body, reading, answered);
    case 'failed':
      return failed(predictionFailure(body['error']), answered);
    // By `Cancel-After` or outside this product: a task canceled through this port is not polled again.
    case 'aborted':
    case 'canceled':
      return failed({ code: 'TIMEOUT', reason: body['status'].toUpperCase() }, answered);
    default:
      return typeof body['completed_at'] === 'string'
        ? failed({ code: 'PROVIDER_BAD_RESPONSE', reason: 'UNKNOWN_STATUS' }, answered)
        : { status: 'unknown', ...answered };
  }
}

function readSuccess(prediction: JsonObject, reading: ReplicateReading, answered: Answered): GenerationState {
  const [first, ...others] = reading.images(prediction['output']);
  if (first) return { status: 'succeeded', images: [first, ...others], ...answered };
  const { error } = prediction;
  if (error !== null && error !== undefined && error !== '')
    return failed(predictionFailure(error), answered);
  return prediction['data_removed'] === true
    ? failed({ code: 'OUTPUT_EXPIRED', reason: 'DATA_REMOVED' }, answered)
    : failed({ code: 'PROVIDER_BAD_RESPONSE', reason: 'NO_OUTPUT' }, answered);
}

/** A prediction's id where it is safe in a path. */
export function predictionId(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w-]{1,128}$/.test(value) ? value : undefined;
}

const accountFailures: Readonly<Record<number, FailureCode>> = {
  401: 'PROVIDER_AUTH',
  402: 'INSUFFICIENT_PROVIDER_CREDIT',
  403: 'PROVIDER_AUTH',
};

/** Statuses that say nothing about the request itself. */
function isPassing(httpStatus: number): boolean {
  return httpStatus >= 500 || httpStatus === 429 || httpStatus === 408;
}

function rateLimitRetry({ headers, body }: AnsweredRequest): { afterMs: number } {
  return { afterMs: jitteredWaitMs(requestedWaitMs(headers, body) ?? 5000) };
}

/** Nothing was created, so the request may be sent again; immediately where this process aborted it. */
function unavailable(reason: string): GenerationFailure {
  if (reason === 'ABORTED') return { code: 'TIMEOUT', reason, retry: { afterMs: 0 } };
  return { code: 'PROVIDER_UNAVAILABLE', reason, retry: { afterMs: jitteredWaitMs(2000), maxAttempts: 3 } };
}

type Answered = Pick<GenerationState, 'externalId' | 'answer'>;

function answerOf(result: AnsweredRequest, reading: ReplicateReading): Answered {
  return {
    answer: { httpStatus: problemStatus(result), problem: redact(result.body ?? null, reading.secrets) },
  };
}

function failed(failure: GenerationFailure, answered: Answered = {}): GenerationState {
  return { status: 'failed', failure, ...answered };
}
