/**
 * Pictures named by addresses in a provider's answer. The adapters' keys are never sent to them: they lie on other
 * hosts, which ask for none.
 */
import { sleep } from '../lib/sleep.ts';
import { BodyTooLong, networkCode, readBounded } from './exchange.ts';
import { GenerationError } from './provider.ts';
import type { GeneratedImage } from './provider.ts';
import { isJsonObject } from './redact.ts';

export const maxImageBytes = 64 * 1024 * 1024;

export interface OutputOptions {
  fetch: typeof globalThis.fetch;
  /** For one download, its repetitions included. Default 60 s. */
  timeoutMs?: number | undefined;
  /** The wait before a failed download is tried again, doubled each time. Default 250. */
  backoffMs?: number | undefined;
  /** Default 64 MiB. */
  maxBytes?: number | undefined;
}

/**
 * The pictures of an output in any shape that models use: an address, a list, or objects that hold one under `url`,
 * `uri`, `image`, `src` or `imageUrl`, or more under `output`, `images` or `data`. Anything else is passed over.
 */
export function readOutputs(output: unknown, options: OutputOptions): GeneratedImage[] {
  return addressesIn(output, 0).map((address) => ({
    read: ({ signal }) => readAddress(address, signal, options),
  }));
}

const addressKeys = ['url', 'uri', 'image', 'src', 'imageUrl'];
const listKeys = ['output', 'images', 'data'];
const maxDepth = 6;
const maxImages = 64;

function addressesIn(value: unknown, depth: number): string[] {
  if (depth > maxDepth) return [];
  if (typeof value === 'string') return /^\s*data:/i.test(value) || URL.canParse(value) ? [value.trim()] : [];
  if (Array.isArray(value)) {
    return value
      .slice(0, maxImages)
      .flatMap((part) => addressesIn(part, depth + 1))
      .slice(0, maxImages);
  }
  if (!isJsonObject(value)) return [];
  // The first key that leads anywhere: an object often names one picture twice.
  for (const key of [...addressKeys, ...listKeys]) {
    const addresses = addressesIn(value[key], depth + 1);
    if (addresses.length > 0) return addresses;
  }
  return [];
}

async function readAddress(
  address: string,
  signal: AbortSignal,
  options: OutputOptions,
): Promise<Uint8Array> {
  if (/^data:/i.test(address)) return decodeDataUri(address, options.maxBytes ?? maxImageBytes);
  if (!/^https?:\/\//i.test(address)) throw new GenerationError('PROVIDER_BAD_RESPONSE');
  const limit = AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs ?? 60_000)]);
  const maxRepetitions = 3;
  for (let repetitions = 0; ; repetitions += 1) {
    const outcome = await download(address, limit, options);
    if (!('reason' in outcome)) return outcome;
    if (repetitions < maxRepetitions) await sleep((options.backoffMs ?? 250) * 2 ** repetitions, limit);
    if (repetitions === maxRepetitions || limit.aborted) throw unreachable(outcome.reason);
  }
}

/**
 * The bytes, or why they may come if asked for again.
 * @throws {GenerationError} where asking again is of no use
 */
async function download(
  address: string,
  signal: AbortSignal,
  { fetch, maxBytes = maxImageBytes }: OutputOptions,
): Promise<Uint8Array | { reason: string }> {
  try {
    const response = await fetch(address, { signal });
    if (!response.ok) {
      await response.body?.cancel();
      return refused(response.status);
    }
    const bytes = await readBounded(response, maxBytes);
    if (bytes.byteLength === 0)
      throw new GenerationError('PROVIDER_BAD_RESPONSE', { cause: new Error('EMPTY') });
    return bytes;
  } catch (error) {
    if (error instanceof GenerationError) throw error;
    if (error instanceof BodyTooLong) throw new GenerationError('PROVIDER_BAD_RESPONSE', { cause: error });
    return { reason: networkCode(error) };
  }
}

function refused(httpStatus: number): { reason: string } {
  const reason = `HTTP_${httpStatus}`;
  if (httpStatus >= 500 || httpStatus === 429 || httpStatus === 408) return { reason };
  // Delivery hosts answer 403 as well as 404 for what they have deleted.
  const code = [403, 404, 410].includes(httpStatus) ? 'OUTPUT_EXPIRED' : 'PROVIDER_BAD_RESPONSE';
  throw new GenerationError(code, { cause: new Error(reason) });
}

/** The cause is a short code alone: the network's own error names the address. */
function unreachable(reason: string): GenerationError {
  return new GenerationError('PROVIDER_UNAVAILABLE', { cause: new Error(reason) });
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
