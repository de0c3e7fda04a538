/**
 * Lets better-auth accept signatures of other secrets while AUTH_SECRET is replaced. It verifies with one secret only (its
 * `secrets` are for encryption), so that the signatures of cookies, bearer tokens and links in mails are replaced by its own
 * before it sees them.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secrets } from '../lib/secret.ts';

/** Signed values end in a dot and their HMAC-SHA256: in base64 those of cookies and bearer tokens, in base64url JWTs. */
const signed = /^(.+)\.([A-Za-z0-9+/]{43}=|[A-Za-z0-9_-]{43})$/s;

export function createResigner({ current, accepted }: Secrets) {
  /** The value, signed with the current secret where another one that is accepted signed it. */
  const resigned = (value: string): string => {
    const [, text, signature] = signed.exec(value) ?? [];
    if (text === undefined || signature === undefined) return value;
    const given = Buffer.from(signature, 'base64');
    if (!accepted.some((secret) => timingSafeEqual(given, hmac(secret, text)))) return value;
    return `${text}.${hmac(current, text).toString(signature.endsWith('=') ? 'base64' : 'base64url')}`;
  };

  const resignedCookies = (header: string): string =>
    header
      .split(';')
      .map((cookie) => {
        const [name = '', ...rest] = cookie.split('=');
        const value = decoded(rest.join('='));
        const changed = resigned(value);
        return changed === value ? cookie : `${name}=${encodeURIComponent(changed)}`;
      })
      .join(';');

  const resignedHeaders = (headers: Headers): Headers => {
    const [cookie, authorization] = [headers.get('cookie'), headers.get('authorization')];
    const result = new Headers(headers);
    if (cookie !== null) result.set('cookie', resignedCookies(cookie));
    const [scheme = '', token] = authorization?.split(' ') ?? [];
    if (scheme.toLowerCase() === 'bearer' && token !== undefined)
      result.set('authorization', `${scheme} ${resigned(decoded(token))}`);
    return result;
  };

  return {
    /** @returns The headers as they were where no other secret is accepted. */
    headers: (headers: Headers): Headers => (accepted.length === 0 ? headers : resignedHeaders(headers)),

    /** The request with the headers, and the `token` of a link, which is followed by a GET. */
    request(request: Request): Request {
      if (accepted.length === 0) return request;
      const headers = resignedHeaders(request.headers);
      const url = new URL(request.url);
      const token = url.searchParams.get('token');
      if (request.method !== 'GET' || token === null) return new Request(request, { headers });
      url.searchParams.set('token', resigned(token));
      return new Request(url, { headers });
    },
  };
}

function hmac(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

/** The text itself where it is no encoding. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
