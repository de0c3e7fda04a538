/**
 * The guard against server-side request forgery (SSRF): fetches addresses from outside, as a provider's output, from the
 * public internet only, by default over https. The IP address that was checked is the one that is dialled.
 */
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { limitChunks } from './chunk-limit.ts';
import { createDnsResolver } from './dns-resolver.ts';
import { isPublicAddress } from './public-address.ts';
import { BodyTooLong, readBounded } from './read-bounded.ts';

interface GuardedRequest {
  /** Bounds the whole call, redirects and body included. */
  signal: AbortSignal;
  maxBytes: number;
  /** Awaited before a body is read, with its declared length, or `maxBytes` where it declares none. */
  reserve?: ((bytes: number) => Promise<void>) | undefined;
  /** Sends a POST instead of a GET. Redirects of its response are not followed, and no body of it is read. */
  post?: Post | undefined;
}

interface Post {
  headers: Readonly<Record<string, string>>;
  body: string;
}

export type GuardedFetch = ReturnType<typeof createGuardedFetch>;

type BlockedReason =
  'BAD_ADDRESS' | 'BAD_SCHEME' | 'BAD_PORT' | 'USERINFO' | 'NOT_PUBLIC' | 'TOO_MANY_REDIRECTS';

/** The address may not be fetched. Neither the message nor the reason names it. */
export class BlockedAddress extends Error {
  override name = 'BlockedAddress';
  readonly reason: BlockedReason;
  constructor(reason: BlockedReason) {
    super(`Address refused: ${reason}`);
    this.reason = reason;
  }
}

/** One request, without redirects, to one of the `addresses`; where there are none, to wherever the name leads. */
export interface Dialled {
  url: URL;
  addresses: readonly string[] | undefined;
  signal: AbortSignal;
  post?: Post | undefined;
}

export interface DialledAnswer {
  status: number;
  location?: string | undefined;
  /** Of the body, where it is declared. */
  byteSize?: number | undefined;
  body: AsyncIterable<Uint8Array>;
  /** Frees the connection of a body that is not read. */
  discard(): void;
}

interface GuardedFetchOptions {
  /** Origins that the operator configured, which are not checked; redirects from them to elsewhere are. */
  allowedOrigins?: readonly string[];
  /** Also plain http, on port 80. Default: https alone. */
  allowsHttp?: boolean;
  /** The IP addresses of a host name. Default: by DNS. */
  resolve?: (hostname: string) => Promise<readonly string[]>;
  dial?: (request: Dialled) => Promise<DialledAnswer>;
}

const maxRedirects = 3;
/** Responses with a status 1xx before the final one. */
const maxInformational = 20;
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export function createGuardedFetch(options: GuardedFetchOptions = {}) {
  const { allowsHttp = false, resolve = createDnsResolver(), dial = dialHttp } = options;
  const allowedOrigins = new Set(options.allowedOrigins);

  /** The addresses that may be dialled for the URL; undefined: any. */
  async function addressesOf(url: URL, signal: AbortSignal): Promise<readonly string[] | undefined> {
    if (allowedOrigins.has(url.origin)) return undefined;
    if (url.protocol !== 'https:' && !allowsHttp) throw new BlockedAddress('BAD_SCHEME');
    if (url.port !== '') throw new BlockedAddress('BAD_PORT');
    // Brackets stand around an IPv6 literal. No resolver is asked for a literal, so nothing would check it later.
    const literal = url.hostname.replace(/^\[(.*)\]$/, '$1');
    const addresses = isIP(literal) ? [literal] : await abortable(resolve(url.hostname), signal);
    // One private address among public ones is a name that leads to both at will.
    if (addresses.length === 0 || !addresses.every(isPublicAddress)) throw new BlockedAddress('NOT_PUBLIC');
    return addresses;
  }

  /**
   * A GET without credentials, or a POST. The bytes are empty unless a GET has the status 2xx: no other body is read.
   * @throws {BlockedAddress} where it leads to an address that may not be reached; {BodyTooLong}; {ChunksTooSmall}; the
   * network's own errors
   */
  return async (
    address: string,
    { signal, maxBytes, reserve, post }: GuardedRequest,
  ): Promise<{ status: number; bytes: Uint8Array }> => {
    let url = parse(address);
    for (let hops = 0; hops <= maxRedirects; hops += 1) {
      signal.throwIfAborted();
      const answer = await dial({ url, addresses: await addressesOf(url, signal), signal, post });
      const { status, location, byteSize = maxBytes, body } = answer;
      if (post) {
        answer.discard();
        return { status, bytes: new Uint8Array() };
      }
      if (status >= 200 && status < 300) {
        try {
          if (byteSize > maxBytes) throw new BodyTooLong(`${byteSize} of ${maxBytes} bytes`);
          await reserve?.(byteSize);
        } catch (error) {
          answer.discard();
          throw error;
        }
        return { status, bytes: await readBounded(body, maxBytes) };
      }
      answer.discard();
      if (!redirects.has(status) || location === undefined) return { status, bytes: new Uint8Array() };
      url = parse(location, url);
    }
    throw new BlockedAddress('TOO_MANY_REDIRECTS');
  };
}

/** The origin of a configured address, as an entry of `allowedOrigins`; none where it is not configured. */
export function originOf(address: string | undefined): string[] {
  return address === undefined ? [] : [new URL(address).origin];
}

function parse(address: string, base?: URL): URL {
  if (!URL.canParse(address, base)) throw new BlockedAddress('BAD_ADDRESS');
  const url = new URL(address, base);
  if (url.username !== '' || url.password !== '') throw new BlockedAddress('USERINFO');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new BlockedAddress('BAD_SCHEME');
  return url;
}

/** Rejects as soon as the signal aborts; a resolver is not cut short. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason as Error);
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** A connection of its own for each request: a pool would hand out one that was made for another address. */
export function dialHttp({ url, addresses, signal, post }: Dialled): Promise<DialledAnswer> {
  const pinned = addresses?.map((address) => ({ address, family: isIP(address) }));
  const lookupPinned: LookupFunction = (_, { all }, callback) =>
    all ? callback(null, pinned!) : callback(null, pinned![0]!.address, pinned![0]!.family);
  const { promise, resolve, reject } = Promise.withResolvers<DialledAnswer>();
  const { request } = url.protocol === 'https:' ? https : http;
  const call = request(url, {
    agent: false,
    signal,
    method: post ? 'POST' : 'GET',
    headers: post?.headers ?? {
      Accept: 'image/*, */*;q=0.5',
      'Accept-Encoding': 'identity',
      // Some hosts, such as Wikimedia's, refuse requests that do not say what sends them.
      'User-Agent': 'Proofsheet',
    },
    ...(pinned && { lookup: lookupPinned }),
  });
  call.on('error', reject);
  // After 101 Switching Protocols nothing else comes, not even where the signal aborts.
  call.once('close', () => reject(noResponse()));
  let informational = 0;
  // Without a limit, a server that sends them without end occupies the process until the signal aborts.
  // Also emitted beside 'continue'.
  call.on('information', () => {
    informational += 1;
    if (informational > maxInformational) call.destroy(noResponse());
  });
  call.once('response', (response) => {
    const { statusCode = 0, headers } = response;
    resolve({
      status: statusCode,
      location: headers.location,
      byteSize: headers['content-length'] === undefined ? undefined : Number(headers['content-length']),
      body: limitChunks(response),
      discard: () => response.destroy(),
    });
  });
  call.end(post?.body);
  return promise;
}

function noResponse(): Error {
  return Object.assign(new Error('No response'), { code: 'ECONNRESET' });
}
