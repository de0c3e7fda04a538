/**
 * What Gemini's errors mean: `{ error: { code, message, status, details } }`, the details by google.rpc types. They come
 * with an HTTP status of their own or, from gateways and cut streams, with 200.
 */
import { isJsonObject, type JsonObject } from '../lib/json.ts';
import { type AnsweredRequest, isSuccess, shortCode } from './send-request.ts';
import { classify, contentWords, type FailureRow, retryOf, unreadableImageWords } from './failure-table.ts';
import type { GenerationFailure } from './provider.ts';
import { durationMs, jitteredWaitMs, requestedWaitMs } from './retry-after.ts';

/** The wait where the response names none. */
const rateLimitWaitMs = 10_000;

/**
 * Words come before statuses: one status stands for a bad key, a place that is not served, a picture that cannot be read
 * and a bad field alike.
 */
const table: readonly FailureRow[] = [
  // Only the details distinguish a bad key from a bad field; gateways drop them and leave the message.
  { http: [400, 401, 403], says: /\bAPI_KEY_|\bapi key\b/i, code: 'PROVIDER_AUTH' },
  {
    http: [400, 403],
    says: /\b(location|country|region|territory)\b.{0,40}\bnot (supported|available|allowed)|\bnot (supported|available) in your (country|region|location|territory)/i,
    code: 'PROVIDER_AUTH',
    reason: 'LOCATION',
  },
  // The plan of the project does not hold this model: no wait changes that.
  {
    http: [429],
    says: /\blimit: 0(?![\d.])|^quotaValue 0$/m,
    code: 'INSUFFICIENT_PROVIDER_CREDIT',
    reason: 'QUOTA_ZERO',
  },
  {
    http: [400, 403, 429],
    says: /\b(prepa(id|yment)|credits?)\b.{0,40}\b(depleted|exhausted|used up|insufficient)|\binsufficient (credit|balance|funds)|\bspend(ing)? (cap|limit)|\bbilling\b.{0,40}\b(disabled|not (enabled|active))/i,
    code: 'INSUFFICIENT_PROVIDER_CREDIT',
  },
  // A quota of the day is not back before its end.
  { http: [429], says: /PerDay/i, code: 'RATE_LIMITED', reason: 'QUOTA_PER_DAY' },
  { http: [400, 403, 422], says: contentWords, code: 'CONTENT_BLOCKED' },
  { http: [400], says: unreadableImageWords, code: 'REFERENCE_UNUSABLE' },
  { http: [400], says: /^FAILED_PRECONDITION$/m, code: 'INSUFFICIENT_PROVIDER_CREDIT' },
  { http: [400, 413, 422], code: 'INVALID_INPUT' },
  { http: [401, 403], code: 'PROVIDER_AUTH' },
  { http: [402], code: 'INSUFFICIENT_PROVIDER_CREDIT' },
  { http: [404], code: 'MODEL_NOT_FOUND' },
  // The call's time ran out at the other end; it may have been billed.
  { http: [408, 499, 504], code: 'TIMEOUT' },
];

/** HTTP statuses of google.rpc codes: https://cloud.google.com/apis/design/errors#handling_errors */
const statusNames: Readonly<Record<string, number>> = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  OUT_OF_RANGE: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
  CANCELLED: 499,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
};

/** The `error` of an answer; undefined where it holds none. */
export function geminiError(body: unknown): JsonObject | undefined {
  const answer: unknown = Array.isArray(body) ? body[0] : body;
  const error = isJsonObject(answer) ? answer['error'] : undefined;
  return isJsonObject(error) && Object.keys(error).length > 0 ? error : undefined;
}

/** The failure behind an answer that is no success; waits grow with the attempt. */
export function geminiFailure(result: AnsweredRequest, attempt: number): GenerationFailure {
  const error = geminiError(result.body) ?? {};
  const httpStatus = isSuccess(result) ? statusWithin(error) : result.status;
  const details = Array.isArray(error['details']) ? error['details'].filter(isJsonObject) : [];
  const violations = details
    .flatMap((detail) => (Array.isArray(detail['violations']) ? detail['violations'] : []))
    .filter(isJsonObject);
  const reasons = details.flatMap((detail) => shortCode(detail['reason']) ?? []);
  const status = shortCode(error['status']);
  const words = [
    ...[error['message'], status, ...reasons].filter((word) => typeof word === 'string'),
    ...violations.map(({ quotaId }) => String(quotaId)),
    ...violations.map(({ quotaValue }) => `quotaValue ${String(quotaValue)}`),
  ];
  const reason = reasons[0] ?? status ?? `HTTP_${httpStatus ?? result.status}`;
  const failure = classify(table, { httpStatus, words: words.join('\n').slice(0, 8000), reason, attempt });
  if (failure) return failure;
  if (httpStatus === 429) return { code: 'RATE_LIMITED', reason, retry: rateLimitRetry(result, details) };
  if (httpStatus === undefined) return { code: 'PROVIDER_ERROR', reason };
  if (httpStatus < 500) return { code: 'PROVIDER_BAD_RESPONSE', reason };
  const retry = retryOf({ waitMs: 2000, maxAttempts: 3 }, attempt);
  return { code: 'PROVIDER_UNAVAILABLE', reason, retry };
}

/** The HTTP status that an error names by its code or its status; undefined where it names none. */
function statusWithin({ code, status }: JsonObject): number | undefined {
  const number = Number(code);
  if (Number.isInteger(number) && number >= 400 && number < 600) return number;
  return typeof status === 'string' && Object.hasOwn(statusNames, status) ? statusNames[status] : undefined;
}

function rateLimitRetry(result: AnsweredRequest, details: readonly JsonObject[]): { afterMs: number } {
  const waits = [
    ...details.map((detail) => durationMs(detail['retryDelay'])),
    requestedWaitMs(result.headers, undefined),
  ].filter((wait) => wait !== undefined);
  return { afterMs: jitteredWaitMs(waits.length > 0 ? Math.max(...waits) : rateLimitWaitMs) };
}
