/** What one answer of Gemini's `generateContent` means. Its words: https://ai.google.dev/api/generate-content */
import { isJsonObject, type JsonObject, type JsonValue } from '../lib/json.ts';
import { isSuccess, type RequestResult, shortCode } from './send-request.ts';
import { classify, type FailureRow, retryOf, type RetryPolicy } from './failure-table.ts';
import { geminiError, geminiFailure } from './gemini-failure.ts';
import type { GeneratedImage, GenerationFailure, ReadOptions } from './provider.ts';
import { redact } from './redact.ts';

/** Of one call; `image` or `failure`. */
export interface GeminiOutcome {
  image?: GeneratedImage;
  failure?: GenerationFailure;
  responseId?: string | undefined;
  answer?: JsonValue | undefined;
}

export interface GeminiReading {
  /** The request's attempt, which the waits before the next grow with. */
  attempt: number;
  /** Removed from the stored answer. */
  secrets: readonly string[];
  /** The picture at an address, or in a data URI. */
  imageAt(address: string): GeneratedImage;
}

const onceMore: RetryPolicy = { waitMs: 500, maxAttempts: 2 };

/**
 * Answers with HTTP 200, by `blockReason` or `finishReason`. The model has worked for them, so a reason that this table
 * does not know ends the task: only those that Google does not charge for are tried once more.
 */
const blocks: FailureRow = {
  says: /SAFETY|PROHIBITED|BLOCK|RECITATION|SPII|SENSITIVE|POLICY|COPYRIGHT|JAILBREAK|MODEL_ARMOR/,
  code: 'CONTENT_BLOCKED',
};
const endings: readonly FailureRow[] = [
  blocks,
  { says: /^LANGUAGE$/, code: 'INVALID_INPUT' },
  {
    says: /^(STOP|NO_IMAGE|IMAGE_OTHER|OTHER|MALFORMED_RESPONSE|MAX_TOKENS|NO_CANDIDATES)$/,
    code: 'NO_IMAGE_RETURNED',
    retry: onceMore,
  },
  { code: 'NO_IMAGE_RETURNED' },
];
/** Endings after which words are cut off or garbled, not a refusal. */
const brokenOff = /^(MAX_TOKENS|MALFORMED)/;

export function readGeneration(result: RequestResult, reading: GeminiReading): GeminiOutcome {
  if (result.kind !== 'answered') return { failure: unansweredFailure(result.reason, reading) };
  const { body } = result;
  if (!isSuccess(result)) {
    const answer = { httpStatus: result.status, problem: redact(body ?? null, reading.secrets) };
    return { failure: geminiFailure(result, reading.attempt), answer };
  }
  const answer = redact(body ?? null, reading.secrets);
  if (geminiError(body)) return { failure: geminiFailure(result, reading.attempt), answer };
  if (!isJsonObject(body)) {
    const retry = retryOf(onceMore, 1);
    return { failure: { code: 'PROVIDER_BAD_RESPONSE', reason: 'NO_JSON', retry }, answer };
  }
  const { responseId } = body;
  const isId = typeof responseId === 'string' && /^[\w-]{1,100}$/.test(responseId);
  return { ...readCandidates(body, reading), ...(isId && { responseId }), answer };
}

/** Each candidate stands for itself: a block takes its own pictures away, not those of another. */
function readCandidates(body: JsonObject, reading: GeminiReading): GeminiOutcome {
  const feedback = body['promptFeedback'];
  const blockReason = isJsonObject(feedback) ? feedback['blockReason'] : undefined;
  if (typeof blockReason === 'string' && blockReason !== '')
    return { failure: { code: 'CONTENT_BLOCKED', reason: shortCode(blockReason) } };
  const candidates = Array.isArray(body['candidates']) ? body['candidates'].filter(isJsonObject) : [];
  const endedFor = candidates.map(({ finishReason }) =>
    typeof finishReason === 'string' ? finishReason : '',
  );
  const image = candidates
    .filter((_, index) => !refuses(endedFor[index]!))
    .flatMap((candidate) => pictures(candidate, reading))
    .at(-1);
  if (image) return { image };

  const reasons = endedFor.length > 0 ? endedFor : ['NO_CANDIDATES'];
  const words = reasons.find(refuses) ?? reasons[0]!;
  const failure = classify(endings, { words, reason: shortCode(words), attempt: 1 })!;
  const isRefusal = failure.code === 'NO_IMAGE_RETURNED' && !brokenOff.test(words) && candidates.some(speaks);
  return { failure: isRefusal ? { code: 'DECLINED', reason: failure.reason } : failure };
}

/** Whether a candidate that ended so gives no picture, whatever is in it. */
function refuses(finishReason: string): boolean {
  return blocks.says!.test(finishReason) || finishReason === 'LANGUAGE';
}

function partsOf({ content }: JsonObject): JsonObject[] {
  const parts = isJsonObject(content) ? content['parts'] : undefined;
  // Thoughts are drafts.
  return Array.isArray(parts) ? parts.filter(isJsonObject).filter(({ thought }) => thought !== true) : [];
}

function speaks(candidate: JsonObject): boolean {
  return partsOf(candidate).some(({ text }) => typeof text === 'string' && text.trim() !== '');
}

/** The pictures of a candidate; of several the last is the finished one. Gateways spell the names with underscores. */
function pictures(candidate: JsonObject, reading: GeminiReading): GeneratedImage[] {
  return partsOf(candidate).flatMap((part) => {
    const blob = part['inlineData'] ?? part['inline_data'] ?? part['fileData'] ?? part['file_data'];
    if (!isJsonObject(blob)) return [];
    const mimeType = blob['mimeType'] ?? blob['mime_type'];
    // The bytes decide what it is; a name rules out only what is meant to be something else.
    if (typeof mimeType === 'string' && /^(audio|video|text)\//i.test(mimeType)) return [];
    const data = blob['data'] ?? blob['fileUri'] ?? blob['file_uri'];
    if (typeof data !== 'string') return [];
    if (/^\s*(data:|https?:\/\/)/i.test(data)) return [reading.imageAt(data.trim())];
    return 'data' in blob && /^\s*[\w+/-]/.test(data) ? [{ read: (options) => decode(data, options) }] : [];
  });
}

/** There is nothing to ask after: a call that was cut off can only be sent again. */
function unansweredFailure(reason: string, { attempt }: GeminiReading): GenerationFailure {
  if (reason === 'TIMEOUT' || reason === 'ABORTED') return { code: 'TIMEOUT', reason };
  const retry = retryOf({ waitMs: 2000, maxAttempts: 3 }, attempt);
  return { code: 'PROVIDER_UNAVAILABLE', reason, retry };
}

async function decode(data: string, { reserve }: ReadOptions): Promise<Uint8Array> {
  await reserve?.(Math.ceil((data.length / 4) * 3));
  return Buffer.from(data, 'base64');
}
