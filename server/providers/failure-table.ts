/**
 * What a provider's words mean, as one table for each provider: the first row that matches decides. An answer that no
 * row matches ends its task, because a second submission may be paid for a second time.
 */
import type { FailureCode } from '../lib/failures.ts';
import type { GenerationFailure } from './provider.ts';
import { jitteredWaitMs } from './retry-after.ts';

export interface RetryPolicy {
  /** The wait before the next submission; it grows by as much with each attempt. */
  waitMs: number;
  /** Submissions in all. */
  maxAttempts: number;
}

export interface FailureRow {
  /** Matches the HTTP status of the answer. Absent: any. */
  http?: readonly number[];
  /** Matches the provider's words: codes, reasons and messages. Absent: any. */
  says?: RegExp;
  code: FailureCode;
  /** For logs. Absent: the short code that came with the answer. */
  reason?: string;
  /** Absent: the failure stands. */
  retry?: RetryPolicy;
}

/** An answer, as far as the table asks for it. */
interface Evidence {
  httpStatus?: number | undefined;
  /** All that the answer says, in one text. It is matched and then dropped. */
  words: string;
  /** A short code of the provider. */
  reason?: string | undefined;
  /** The attempt that the answer came to, from 1. */
  attempt: number;
}

/** The failure of the first row that matches; undefined where none does. */
export function classify(table: readonly FailureRow[], evidence: Evidence): GenerationFailure | undefined {
  const row = table.find(
    ({ http, says }) =>
      (http === undefined || (evidence.httpStatus !== undefined && http.includes(evidence.httpStatus))) &&
      (says === undefined || says.test(evidence.words)),
  );
  if (!row) return undefined;
  return {
    code: row.code,
    reason: row.reason ?? evidence.reason,
    ...(row.retry && { retry: retryOf(row.retry, evidence.attempt) }),
  };
}

/** The retry of a failure after that attempt. */
export function retryOf(
  { waitMs, maxAttempts }: RetryPolicy,
  attempt: number,
): NonNullable<GenerationFailure['retry']> {
  return { afterMs: jitteredWaitMs(waitMs * attempt), maxAttempts };
}

/** Refusals of content, in the words that providers and the models behind them use. */
export const contentWords = new RegExp(
  [
    '(?<![a-z-])(nsfw|sensitive|copyright|trademark|prohibited|flagged|recitation|blocklist|spii|image_safety)',
    String.raw`\b(content|safety|usage|moderation)[ _-](polic|filter|guideline|moderation|system|violation|restriction)`,
    String.raw`\bmoderat(ed|ion)\b`,
    String.raw`\bviolat\w+ .{0,40}(polic|guideline|terms|rules)`,
    String.raw`\b(blocked|rejected|refused|filtered)\b.{0,30}\bsafety\b|\bsafety\b.{0,30}\b(blocked|rejected|refused)`,
    String.raw`\b(request|prompt|input|output|image|content)s? (was|were|is|are|has been|have been|got) blocked`,
    String.raw`\b(sexual|explicit|violent|hateful|inappropriate|unsafe|harmful) (content|image|material|prompt)`,
    String.raw`\b(public figure|real (person|people))|\bcelebrit`,
  ].join('|'),
  'i',
);

/** A reference picture that the provider received and could not read. */
export const unreadableImageWords = new RegExp(
  [
    String.raw`\b(unable|failed|not able|cannot|can't|could not|couldn't) (to )?(process|decode|read|load|open|identify|parse|recogni[sz]e)\b.{0,30}\b(image|picture)`,
    String.raw`\b(input|provided|reference|source|given) (image|picture)s?\b.{0,30}\b(not valid|invalid|corrupt|unreadable|not supported|unsupported|empty|damaged)`,
    String.raw`\b(image|picture) (file )?(is |was )?(truncated|corrupt|damaged)`,
    String.raw`\b(invalid (input|reference) image|unsupported (mime type|image (type|format)))`,
  ].join('|'),
  'i',
);
