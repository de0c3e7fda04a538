/** What one answer of Gemini's `generateContent` means. Its words: https://ai.google.dev/api/generate-content */
import type { JsonValue } from '../lib/json.ts';
import type { Exchange } from './exchange.ts';
import { isSuccess, shortCode } from './exchange.ts';
import { geminiHttpFailure } from './gemini-failure.ts';
import type { GeneratedImage, GenerationFailure } from './provider.ts';
import { isJsonObject, redact } from './redact.ts';
import { jitteredWaitMs } from './retry-after.ts';

/** Of one call; `image` or `failure`. */
export interface GeminiOutcome {
  image?: GeneratedImage;
  failure?: GenerationFailure;
  responseId?: string;
  answer?: JsonValue;
}

export interface GeminiReading {
  /** The request's attempt, which the waits before the next grow with. */
  attempt: number;
  /** Taken out of what is kept of an answer. */
  secrets: readonly string[];
}

/** All arrive with HTTP 200. */
const blockedReasons: ReadonlySet<string> = new Set([
  'SAFETY',
  'IMAGE_SAFETY',
  'PROHIBITED_CONTENT',
  'IMAGE_PROHIBITED_CONTENT',
  'BLOCKLIST',
  'SPII',
  'RECITATION',
  'IMAGE_RECITATION',
]);

export function readGeneration(result: Exchange, reading: GeminiReading): GeminiOutcome {
  if (result.kind !== 'answered') return { failure: unansweredFailure(result.reason, reading) };
  const { body } = result;
  const answer = isSuccess(result)
    ? redact(body ?? null, reading.secrets)
    : { httpStatus: result.status, problem: redact(body ?? null, reading.secrets) };
  if (!isSuccess(result)) return { failure: geminiHttpFailure(result, reading.attempt), answer };
  if (!isJsonObject(body)) {
    const retry = { afterMs: jitteredWaitMs(500), maxAttempts: 2 };
    return { failure: { code: 'PROVIDER_BAD_RESPONSE', reason: 'NO_JSON', retry }, answer };
  }
  const { responseId } = body;
  const isId = typeof responseId === 'string' && /^[\w-]{1,100}$/.test(responseId);
  return { ...readCandidates(body), ...(isId && { responseId }), answer };
}

/** Reasons to block come before pictures: an answer may hold both. */
function readCandidates(body: Record<string, unknown>): GeminiOutcome {
  const feedback = body['promptFeedback'];
  const blockReason = isJsonObject(feedback) ? feedback['blockReason'] : undefined;
  if (typeof blockReason === 'string' && blockReason !== '') {
    return { failure: { code: 'CONTENT_BLOCKED', ...reasonOf(blockReason) } };
  }
  const candidates = Array.isArray(body['candidates']) ? body['candidates'].filter(isJsonObject) : [];
  const finishReasons = candidates.map((candidate) => candidate['finishReason']);
  const blocked = finishReasons.find((reason) => typeof reason === 'string' && blockedReasons.has(reason));
  if (blocked !== undefined) return { failure: { code: 'CONTENT_BLOCKED', ...reasonOf(blocked) } };
  if (finishReasons.includes('LANGUAGE')) return { failure: { code: 'INVALID_INPUT', reason: 'LANGUAGE' } };
  const data = candidates.flatMap((candidate) => pictureData(candidate['content'])).at(-1);
  if (data !== undefined) return { image: { read: async () => Buffer.from(data, 'base64') } };
  const retry = { afterMs: jitteredWaitMs(500), maxAttempts: 2 };
  const reason = reasonOf(candidates.length > 0 ? finishReasons[0] : 'NO_CANDIDATES');
  return { failure: { code: 'NO_IMAGE_RETURNED', ...reason, retry } };
}

/** The pictures of a candidate, in base64. Thoughts are drafts; of several others the last is the finished one. */
function pictureData(content: unknown): string[] {
  const parts = isJsonObject(content) ? content['parts'] : undefined;
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part: unknown) => {
    const inlineData = isJsonObject(part) && part['thought'] !== true ? part['inlineData'] : undefined;
    if (!isJsonObject(inlineData)) return [];
    const { mimeType, data } = inlineData;
    const isPicture = typeof mimeType !== 'string' || mimeType.startsWith('image/');
    return isPicture && typeof data === 'string' && /^[\w+/-]/.test(data) ? [data] : [];
  });
}

/** There is nothing to ask after: a call that was cut off can only be sent again. */
function unansweredFailure(reason: string, { attempt }: GeminiReading): GenerationFailure {
  if (reason === 'TIMEOUT' || reason === 'ABORTED') return { code: 'TIMEOUT', reason };
  const retry = { afterMs: jitteredWaitMs(2000 * attempt), maxAttempts: 3 };
  return { code: 'PROVIDER_UNAVAILABLE', reason, retry };
}

function reasonOf(word: unknown): { reason?: string } {
  const reason = shortCode(word);
  return reason === undefined ? {} : { reason };
}
