/**
 * Pictures named by addresses in a provider's answer. The adapters' keys are never sent to them: they lie on other
 * hosts, which ask for none.
 */
import type { FailureCode } from '../lib/failures.ts';
import { ChunksTooSmall } from '../lib/chunk-limit.ts';
import { BlockedAddress, type GuardedFetch } from '../lib/guarded-fetch.ts';
import { BodyTooLong } from '../lib/read-bounded.ts';
import { sleep } from '../lib/sleep.ts';
import { isJsonObject } from '../lib/json.ts';
import { networkCode } from './send-request.ts';
import { type GeneratedImage, GenerationError, type ReadOptions } from './provider.ts';

const maxImageBytes = 64 * 1024 * 1024;

export interface OutputOptions {
  fetch: GuardedFetch;
  /** For one download, its repetitions included. Default 60 s. */
  timeoutMs?: number | undefined;
  /** The wait before a failed download is tried again, doubled each time. Default 250. */
  backoffMs?: number | undefined;
  /** Default 64 MiB. */
  maxBytes?: number | undefined;
}

/**
 * The pictures of an output in any shape that models use: an address, a data URI or base64 in a string, a list, or an
 * object. In an object the usual names are looked at first; where they lead nowhere, the first name that does.
 */
export function readOutputs(output: unknown, options: OutputOptions): GeneratedImage[] {
  return addressesIn(output, 0).map((address) => readOutput(address, options));
}

/** The picture at an address, or in a data URI. */
export function readOutput(address: string, options: OutputOptions): GeneratedImage {
  return { read: (reading) => readAddress(address, reading, options) };
}

/** Of one picture. */
const pictureKeys = ['url', 'uri', 'image', 'src', 'imageUrl', 'image_url', 'b64_json', 'base64', 'result'];
/** Of several. */
const listKeys = ['output', 'images', 'data', 'image_urls', 'urls'];
const maxDepth = 6;
const maxImages = 64;

function addressesIn(value: unknown, depth: number): string[] {
  if (depth > maxDepth) return [];
  if (typeof value === 'string') {
    const address = addressOf(value.trim());
    return address === undefined ? [] : [address];
  }
  if (Array.isArray(value)) {
    return value
      .slice(0, maxImages)
      .flatMap((part) => addressesIn(part, depth + 1))
      .slice(0, maxImages);
  }
  if (!isJsonObject(value)) return [];
  // The first key that leads anywhere: an object often names one picture twice.
  for (const key of new Set([...pictureKeys, ...listKeys, ...Object.keys(value).slice(0, maxImages)])) {
    const addresses = addressesIn(value[key], depth + 1);
    if (addresses.length > 0) return addresses;
  }
  return [];
}

/** The text as an address or a data URI; undefined where it is other text. Base64 is recognised by its length. */
function addressOf(text: string): string | undefined {
  if (/^data:/i.test(text)) return text;
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return URL.canParse(text) ? text : undefined;
  // No model writes so long a word.
  return /^[\w+/-]{64}[\w+/\s-]*={0,2}$/.test(text) ? `data:;base64,${text}` : undefined;
}

async function readAddress(
  address: string,
  { signal, reserve }: ReadOptions,
  options: OutputOptions,
): Promise<Uint8Array> {
  if (/^data:/i.test(address)) {
    await reserve?.(address.length);
    return decodeDataUri(address, options.maxBytes ?? maxImageBytes);
  }
  const limit = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs ?? 60_000)]);
  const { backoffMs = 250 } = options;
  const maxRepetitions = 3;
  let wasMissing = false;
  for (let repetitions = 0; ; repetitions += 1) {
    const outcome = await download(address, { signal: limit, reserve }, options, wasMissing);
    if (!('reason' in outcome)) return outcome;
    wasMissing ||= outcome.isMissing === true;
    if (repetitions < maxRepetitions) {
      // What a delivery host does not have yet takes longer than a fault that passes.
      await sleep(backoffMs * (outcome.isMissing ? 4 : 2 ** repetitions), limit);
    }
    if (repetitions === maxRepetitions || limit.aborted)
      throw unreadable('PROVIDER_UNAVAILABLE', outcome.reason);
  }
}

interface Unavailable {
  reason: string;
  /** The host answered 404. */
  isMissing?: boolean;
}

/**
 * The bytes, or the reason where a retry may get them.
 * @throws {GenerationError} where asking again is of no use
 */
async function download(
  address: string,
  { signal, reserve }: ReadOptions,
  { fetch, maxBytes = maxImageBytes }: OutputOptions,
  wasMissing: boolean,
): Promise<Uint8Array | Unavailable> {
  try {
    const { status, bytes } = await fetch(address, { signal, maxBytes, reserve });
    // A delivery host may know a picture only a moment after its URL is published.
    if (status === 404 && !wasMissing) return { reason: 'HTTP_404', isMissing: true };
    if (status < 200 || status >= 300) return refused(status);
    if (bytes.byteLength === 0) throw unreadable('PROVIDER_BAD_RESPONSE', 'EMPTY');
    return bytes;
  } catch (error) {
    if (error instanceof GenerationError) throw error;
    if (error instanceof BlockedAddress) throw unreadable('PROVIDER_BAD_RESPONSE', error.reason);
    if (error instanceof BodyTooLong) throw unreadable('PROVIDER_BAD_RESPONSE', 'TOO_LONG');
    if (error instanceof ChunksTooSmall) throw unreadable('PROVIDER_BAD_RESPONSE', 'CHUNKS_TOO_SMALL');
    return { reason: networkCode(error) };
  }
}

function refused(httpStatus: number): Unavailable {
  const reason = `HTTP_${httpStatus}`;
  if (httpStatus >= 500 || httpStatus === 429 || httpStatus === 408) return { reason };
  // Delivery hosts answer 403 as well as 404 for what they have deleted.
  throw unreadable([403, 404, 410].includes(httpStatus) ? 'OUTPUT_EXPIRED' : 'PROVIDER_BAD_RESPONSE', reason);
}

/** The cause is a short code alone: the network's own error names the address. */
function unreadable(code: FailureCode, reason: string): GenerationError {
  return new GenerationError(code, { cause: new Error(reason) });
}

/** @throws {GenerationError} PROVIDER_BAD_RESPONSE where there are no bytes in it, or too many. */
function decodeDataUri(uri: string, maxBytes: number): Uint8Array {
  const comma = uri.indexOf(',');
  const isBase64 = /;\s*base64\s*$/i.test(uri.slice(0, Math.max(0, comma)).slice(-64));
  // Base64 is four thirds of its bytes, percent-encoding up to three times.
  if (comma < 0 || uri.length - comma > maxBytes * 3) throw new GenerationError('PROVIDER_BAD_RESPONSE');
  const bytes = Buffer.from(
    isBase64 ? uri.slice(comma + 1) : percentDecoded(uri.slice(comma + 1)),
    isBase64 ? 'base64' : 'latin1',
  );
  if (bytes.byteLength === 0 || bytes.byteLength > maxBytes)
    throw new GenerationError('PROVIDER_BAD_RESPONSE');
  return bytes;
}

/** Percent-encoded bytes as a string of one character a byte. */
function percentDecoded(text: string): string {
  return text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
