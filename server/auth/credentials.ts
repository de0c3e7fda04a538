/** Chooses the credential of a request among its headers. */
import { AppError } from '../lib/errors.ts';
import { secretPrefix } from './api-keys/secret.ts';

/** An API key, or the header with the token of a session. */
export type Credential = { apiKey: string } | { session: [name: string, value: string] };

/**
 * An API key takes precedence over a bearer token, and that over the cookie. A scheme other than `Bearer` is that of a proxy
 * in front of the server.
 * @returns Null where there is none
 * @throws {AppError} UNAUTHENTICATED where a header that is meant as a credential is none, so that a program whose variable
 * is empty does not act as the user of a cookie
 */
export function credentialIn(headers: Pick<Headers, 'get'>): Credential | null {
  const apiKey = headers.get('x-api-key');
  const authorization = headers.get('authorization');
  const bearer = authorization == null ? undefined : bearerToken(authorization);
  const bearerKey = bearer?.startsWith(secretPrefix) ? bearer : undefined;
  if (apiKey != null && bearerKey !== undefined && apiKey !== bearerKey)
    throw unauthenticated('`x-api-key` and `Authorization` hold two different API keys. Send one.');
  const key = apiKey ?? bearerKey;
  if (key !== undefined) return { apiKey: key };
  if (bearer !== undefined) return { session: ['authorization', authorization!] };
  const cookie = headers.get('cookie');
  return cookie == null ? null : { session: ['cookie', cookie] };
}

/** Undefined where the header has another scheme. */
function bearerToken(authorization: string): string | undefined {
  const [, scheme, token] = /^(\S+)\s+(\S.*)$/.exec(authorization.trim()) ?? [];
  if (!scheme)
    throw unauthenticated('`Authorization` holds no token. Send `Bearer` and the token, or leave it out.');
  return scheme.toLowerCase() === 'bearer' ? token : undefined;
}

function unauthenticated(message: string): AppError {
  return new AppError('UNAUTHENTICATED', message);
}
