/** Redacts a provider's response for storage: small, and without pictures, signatures, keys and this product's addresses. */
import { isJsonObject, type JsonValue } from '../lib/json.ts';

const maxAnswerBytes = 16 * 1024;
const maxDepth = 8;
const maxEntries = 40;
const maxStringLength = 500;
const maxLogsLength = 4000;

/** `urls` and `webhook` are addresses of the provider's API and of this one; a thought signature is a megabyte of cipher. */
const droppedKeys: ReadonlySet<string> = new Set([
  'thoughtSignature',
  'thought_signature',
  'urls',
  'webhook',
  'webhook_events_filter',
  'sdkHttpResponse',
]);

/**
 * A copy of at most 16 KB. Strings are cut, logs to their end; data URIs, long runs without a space and inline data
 * become their length; each of `secrets` becomes `[key]`. An answer that is still too long shrinks to its short values.
 */
export function redact(value: unknown, secrets: readonly string[]): JsonValue {
  const copy = copyOf(value, '', 0, secrets);
  if (byteLength(copy) <= maxAnswerBytes || !isJsonObject(copy)) {
    return byteLength(copy) <= maxAnswerBytes ? copy : '[too long]';
  }
  const short = Object.entries(copy).filter(([, part]) => byteLength(part) <= 300);
  return Object.fromEntries([...short, ['shortened', true]]);
}

function copyOf(value: unknown, key: string, depth: number, secrets: readonly string[]): JsonValue {
  if (typeof value === 'string') return key === 'data' ? lengthOf(value) : cut(value, key, secrets);
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= maxDepth) return '[too deep]';
  if (Array.isArray(value)) {
    // Elements of `data` are results (an address each), not inline data.
    return value.slice(0, maxEntries).map((part) => copyOf(part, '', depth + 1, secrets));
  }
  const entries = Object.entries(value)
    .filter(([name]) => !droppedKeys.has(name))
    .slice(0, maxEntries)
    .map(([name, part]) => [cut(name, '', secrets), copyOf(part, name, depth + 1, secrets)] as const);
  return Object.fromEntries(entries);
}

function cut(text: string, key: string, secrets: readonly string[]): string {
  if (/^\s*data:/i.test(text)) return lengthOf(text);
  const [end, max] = key === 'logs' ? [-1, maxLogsLength] : [1, maxStringLength];
  // Replaced before the text is cut, so that no half of a secret remains at the edge.
  const open = secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '[key]'), text);
  const clean = (end > 0 ? open.slice(0, maxAnswerBytes) : open.slice(-maxAnswerBytes))
    .replaceAll(/data:[\w.+/-]{1,100};base64,[\w+/=-]*/gi, '[data]')
    .replaceAll(/[\w+/=-]{400,}/g, lengthOf);
  const short = clean.length <= max ? clean : end > 0 ? `${clean.slice(0, max)}…` : `…${clean.slice(-max)}`;
  // PostgreSQL's jsonb refuses NUL and lone surrogates.
  return short.replaceAll('\0', '').toWellFormed();
}

function lengthOf(text: string): string {
  return `[${text.length} characters]`;
}

function byteLength(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}
