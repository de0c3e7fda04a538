import { createHmac, timingSafeEqual } from 'node:crypto';

/** What the address of a locally stored file says; its signature covers all of it. */
export interface FileLink {
  key: string;
  /** Unix seconds. */
  expiresAtSeconds: number;
  /** The file name to save it under; without one it is shown. */
  download?: string | undefined;
}

/** The query of a file's address: `expires` (unix seconds), `signature` (base64url HMAC-SHA256) and maybe `download`. */
export function toFileLinkQuery(secret: string, link: FileLink): URLSearchParams {
  const query = new URLSearchParams({
    expires: String(link.expiresAtSeconds),
    signature: signFileLink(secret, link),
  });
  if (link.download !== undefined) query.set('download', link.download);
  return query;
}

/** The link that the query spells for this key, expired or not; undefined where its signature is not ours. */
export function readFileLink(secret: string, key: string, query: URLSearchParams): FileLink | undefined {
  const expires = query.get('expires') ?? '';
  if (!/^\d{1,12}$/.test(expires)) return undefined;
  const link = { key, expiresAtSeconds: Number(expires), download: query.get('download') ?? undefined };
  const expected = Buffer.from(signFileLink(secret, link));
  const given = Buffer.from(query.get('signature') ?? '');
  return expected.length === given.length && timingSafeEqual(expected, given) ? link : undefined;
}

function signFileLink(secret: string, { key, expiresAtSeconds, download }: FileLink): string {
  // The first word keeps these signatures apart from any other use of the secret.
  const message = JSON.stringify(['file link', key, expiresAtSeconds, download ?? null]);
  return createHmac('sha256', secret).update(message).digest('base64url');
}
