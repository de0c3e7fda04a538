/** Replicate's signed webhooks: https://replicate.com/docs/topics/webhooks/verify-webhook */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { isJsonObject, type JsonObject } from '../lib/json.ts';
import type { AnsweredRequest } from './send-request.ts';
import type { ProviderReport, Submission } from './provider.ts';

/** As they come over HTTP; header names in lower case. */
export interface WebhookRequest {
  /** Path and query. */
  url: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  rawBody: Buffer;
}

export type WebhookReading =
  | { kind: 'report'; report: ProviderReport }
  /** Not signed by the provider, or not now. */
  | { kind: 'forged' }
  /** Signed, but without a readable report. */
  | { kind: 'unreadable' };

/** Five minutes either way, as the signature's specification advises. */
const toleranceSeconds = 300;

/** The webhook URL of a submission: it names task and attempt, so that a submission whose answer was lost can be found. */
export function replicateWebhookUrl(
  publicUrl: string,
  { taskId, attempt }: { taskId: string; attempt: number },
): string {
  return `${publicUrl}/webhooks/replicate?${new URLSearchParams({ task: taskId, attempt: String(attempt) })}`;
}

/** The attempt in a webhook's address; undefined where the address is not from this product. */
export function submissionOf(webhookUrl: unknown): { taskId: string; attempt: number } | undefined {
  if (typeof webhookUrl !== 'string' || !URL.canParse(webhookUrl, 'http://localhost')) return undefined;
  const { searchParams } = new URL(webhookUrl, 'http://localhost');
  const taskId = searchParams.get('task');
  const attempt = Number(searchParams.get('attempt'));
  return taskId && Number.isInteger(attempt) && attempt > 0 ? { taskId, attempt } : undefined;
}

/** How much older than the submission its prediction may seem: a call may have waited before it was sent. */
const ageMarginMs = 60_000;

/**
 * Looks through a page of `GET /predictions`, newest first. Ages are compared, not instants: the predictions' by the
 * clock of Replicate's answer, the submission's by ours.
 * @returns the prediction of that attempt, or the next page; neither where no later page can have it
 */
export function findSubmission(
  { headers, body: page }: Pick<AnsweredRequest, 'headers' | 'body'>,
  { taskId, attempt, ageMs }: Submission,
): { prediction?: JsonObject; next?: string } {
  if (!isJsonObject(page) || !Array.isArray(page['results'])) return {};
  const answeredAtMs = Date.parse(headers.get('date') ?? '');
  for (const prediction of page['results'].filter(isJsonObject)) {
    const submission = submissionOf(prediction['webhook']);
    if (submission?.taskId === taskId && submission.attempt === attempt) return { prediction };
    const predictionAgeMs = answeredAtMs - Date.parse(String(prediction['created_at']));
    if (predictionAgeMs > ageMs + ageMarginMs) return {};
  }
  const next = page['next'];
  const cursor =
    typeof next === 'string' && URL.canParse(next) ? new URL(next).searchParams.get('cursor') : null;
  return cursor === null ? {} : { next: cursor };
}

/** Whether the headers of a signature are all there and the timestamp is of now. */
export function canBeSigned(headers: WebhookRequest['headers'], nowMs: number): boolean {
  const [id, timestamp, signatures] = ['id', 'timestamp', 'signature'].map(
    (name) => headers[`webhook-${name}`],
  );
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!signatures.split(' ').some((signature) => /^v1,[A-Za-z0-9+/]{43}=$/.test(signature))) return false;
  return /^\d{1,12}$/.test(timestamp) && Math.abs(nowMs / 1000 - Number(timestamp)) <= toleranceSeconds;
}

/**
 * Checks the signature over the raw body and the age of the timestamp, and reads the report.
 * @param secrets `whsec_…`: the one of the account, and while it is replaced the one before or after it
 * @param readState the prediction in the body, as `poll` would read it
 */
export function readReplicateWebhook(
  { url, headers, rawBody }: WebhookRequest,
  {
    secrets,
    nowMs,
    readState,
  }: { secrets: readonly string[]; nowMs: number; readState: (body: unknown) => ProviderReport['state'] },
): WebhookReading {
  if (!canBeSigned(headers, nowMs)) return { kind: 'forged' };
  const id = String(headers['webhook-id']);
  const timestamp = String(headers['webhook-timestamp']);
  const signatures = String(headers['webhook-signature']);
  const expected = secrets.map((secret) => `v1,${sign(secret, `${id}.${timestamp}.`, rawBody)}`);
  const isSigned = signatures.split(' ').some((given) => expected.some((each) => isEqual(given, each)));
  if (!isSigned) return { kind: 'forged' };

  const submission = submissionOf(url);
  const body = parsed(rawBody);
  // The signature covers the body only: what it says of the address must be the address it came to.
  const claimed = isJsonObject(body) ? submissionOf(body['webhook']) : undefined;
  if (claimed && (claimed.taskId !== submission?.taskId || claimed.attempt !== submission.attempt))
    return { kind: 'forged' };
  const state = readState(body);
  if (!submission || state.externalId === undefined) return { kind: 'unreadable' };
  return { kind: 'report', report: { ...submission, deliveryId: id, state } };
}

function sign(secret: string, prefix: string, rawBody: Buffer): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  return createHmac('sha256', key).update(prefix).update(rawBody).digest('base64');
}

function isEqual(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function parsed(rawBody: Buffer): unknown {
  try {
    return JSON.parse(rawBody.toString('utf8'));
  } catch {
    return undefined;
  }
}
