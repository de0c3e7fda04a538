import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { assertKey } from './storage.ts';
import { urlWindow } from './url-window.ts';

/** What the address of a file that we serve says; its signature covers all of it. */
export interface FileLink {
  key: string;
  /** Unix seconds. */
  expiresAtSeconds: number;
  /** The file name to save it under; without one it is shown. */
  download?: string | undefined;
}

export interface FileLinkOptions {
  /** Where `createFilesHandler` answers, without a slash at the end: `http://localhost:4000/files`. */
  baseUrl: string;
  /** Signs the addresses; the files handler needs the same one. */
  secret: string;
  /** Milliseconds since the epoch. */
  clock?: (() => number) | undefined;
}

/** Addresses that are remembered, of about 200 characters. */
const maxKnown = 5_000;

/**
 * Makes addresses of files that we serve, valid for 30 to 60 minutes and the same within a window. With `download`, the
 * answer has `Content-Disposition: attachment` and that file name. @throws {InvalidKey}
 */
export function createFileLinks({ baseUrl, secret, clock = Date.now }: FileLinkOptions) {
  const signingKey = createSecretKey(secret, 'utf8');
  const linkOf = (link: FileLink) => `${baseUrl}/${link.key}?${toFileLinkQuery(signingKey, link)}`;
  /** Of pictures that are shown, which are asked for again and again within a window. */
  const shown = new LRUCache<string, { expiresAtSeconds: number; address: string }>({ max: maxKnown });
  return (key: string, download?: string): string => {
    const { expiresAtSeconds } = urlWindow(clock());
    const known = download === undefined ? shown.get(key) : undefined;
    if (known?.expiresAtSeconds === expiresAtSeconds) return known.address;
    assertKey(key);
    const address = linkOf({ key, expiresAtSeconds, download });
    if (download === undefined) shown.set(key, { expiresAtSeconds, address });
    return address;
  };
}

/** The query of a file's address: `expires` (unix seconds), `signature` (base64url HMAC-SHA256) and maybe `download`. */
function toFileLinkQuery(signingKey: KeyObject, link: FileLink): string {
  // Neither needs encoding.
  const query = `expires=${link.expiresAtSeconds}&signature=${signFileLink(signingKey, link)}`;
  return link.download === undefined ? query : `${query}&${new URLSearchParams({ download: link.download })}`;
}

/** The link that the query spells for this key, expired or not; undefined where its signature is of none of the secrets. */
export function readFileLink(
  secrets: readonly string[],
  key: string,
  query: URLSearchParams,
): FileLink | undefined {
  const expires = query.get('expires') ?? '';
  if (!/^\d{1,12}$/.test(expires)) return undefined;
  const link = { key, expiresAtSeconds: Number(expires), download: query.get('download') ?? undefined };
  const given = Buffer.from(query.get('signature') ?? '');
  const isSigned = secrets.some((secret) => {
    const expected = Buffer.from(signFileLink(secret, link));
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
  return isSigned ? link : undefined;
}

function signFileLink(secret: string | KeyObject, { key, expiresAtSeconds, download }: FileLink): string {
  // The first word keeps these signatures apart from any other use of the secret.
  const message = JSON.stringify(['file link', key, expiresAtSeconds, download ?? null]);
  return createHmac('sha256', secret).update(message).digest('base64url');
}
