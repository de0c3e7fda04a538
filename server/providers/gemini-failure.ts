/** What Gemini's HTTP errors mean: `{ error: { code, message, status, details } }`, the details by google.rpc types. */
import type { JsonObject } from '../lib/json.ts';
import type { AnsweredExchange } from './exchange.ts';
import { shortCode } from './exchange.ts';
import type { FailureCode, GenerationFailure } from './provider.ts';
import { isJsonObject } from './redact.ts';
import { durationMs, jitteredWaitMs, toldWaitMs } from './retry-after.ts';

/** Where no wait is told. */
const rateLimitWaitMs = 10_000;

const codes: Readonly<Record<number, FailureCode>> = {
  400: 'INVALID_INPUT',
  401: 'PROVIDER_AUTH',
  402: 'INSUFFICIENT_PROVIDER_CREDIT',
  403: 'PROVIDER_AUTH',
  404: 'MODEL_NOT_FOUND',
  408: 'TIMEOUT',
  413: 'INVALID_INPUT',
  // The call's time ran out at the other end; it may have been billed.
  499: 'TIMEOUT',
  504: 'TIMEOUT',
};

/** The failure behind an answer that is no success; waits grow with the attempt. */
export function geminiHttpFailure(result: AnsweredExchange, attempt: number): GenerationFailure {
  const error = isJsonObject(result.body) && isJsonObject(result.body['error']) ? result.body['error'] : {};
  const details = Array.isArray(error['details']) ? error['details'].filter(isJsonObject) : [];
  const status = shortCode(error['status']) ?? `HTTP_${result.status}`;
  // A bad key is a 400 like a bad field: only the reason in the details tells.
  const reasons = details.map((detail) => shortCode(detail['reason']));
  const keyReason = reasons.find((reason) => reason?.startsWith('API_KEY_'));
  if (keyReason !== undefined) return { code: 'PROVIDER_AUTH', reason: keyReason };
  if (status === 'FAILED_PRECONDITION') return { code: 'INSUFFICIENT_PROVIDER_CREDIT', reason: status };
  if (result.status === 429) return rateLimited(result, details);
  const code = codes[result.status];
  if (code !== undefined) return { code, reason: status };
  if (result.status < 500) return { code: 'PROVIDER_BAD_RESPONSE', reason: status };
  const retry = { afterMs: jitteredWaitMs(2000 * attempt), maxAttempts: 3 };
  return { code: 'PROVIDER_UNAVAILABLE', reason: status, retry };
}

/** A quota of the day is not back before its end. */
function rateLimited(result: AnsweredExchange, details: readonly JsonObject[]): GenerationFailure {
  const violations = details.flatMap((detail) =>
    Array.isArray(detail['violations']) ? detail['violations'] : [],
  );
  const isDaily = violations.some(
    (violation) => isJsonObject(violation) && /PerDay/i.test(String(violation['quotaId'])),
  );
  if (isDaily) return { code: 'RATE_LIMITED', reason: 'QUOTA_PER_DAY' };
  const waits = [
    ...details.map((detail) => durationMs(detail['retryDelay'])),
    toldWaitMs(result.headers, undefined),
  ];
  const told = waits.filter((wait) => wait !== undefined);
  const waitMs = told.length > 0 ? Math.max(...told) : rateLimitWaitMs;
  return { code: 'RATE_LIMITED', reason: 'RESOURCE_EXHAUSTED', retry: { afterMs: jitteredWaitMs(waitMs) } };
}
