/**
 * Checks the signatures of requests to an S3-compatible store, as its server does: Signature Version 4 in the header
 * `Authorization` or in the query ("Authenticating Requests" in the API reference of Amazon S3).
 */
import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What S3 refuses with: status 403 and this code. */
export type SignatureFault = 'AccessDenied' | 'RequestTimeTooSkewed' | 'SignatureDoesNotMatch';

const mostSkewMs = 15 * 60 * 1000;

/** Whether the bytes are those that were signed is not looked at. Null where nothing is wrong. */
export function findSignatureFault(
  request: IncomingMessage,
  secretAccessKey: string,
  nowMs: number,
): SignatureFault | null {
  const [path = '', queryText = ''] = (request.url ?? '').split('?', 2);
  const query = queryText.split('&').filter((pair) => pair !== '');
  const params = new URLSearchParams(queryText);
  const header = (name: string) => String(request.headers[name] ?? '').trim();
  const isInQuery = params.has('X-Amz-Signature');
  const given = isInQuery
    ? {
        credential: params.get('X-Amz-Credential') ?? '',
        signedHeaders: params.get('X-Amz-SignedHeaders') ?? '',
        signature: params.get('X-Amz-Signature') ?? '',
        date: params.get('X-Amz-Date') ?? '',
        payload: 'UNSIGNED-PAYLOAD',
      }
    : {
        credential: fieldOf(header('authorization'), 'Credential'),
        signedHeaders: fieldOf(header('authorization'), 'SignedHeaders'),
        signature: fieldOf(header('authorization'), 'Signature'),
        date: header('x-amz-date'),
        payload: header('x-amz-content-sha256'),
      };
  const [, day = '', region = '', service = '', terminator = ''] = given.credential.split('/');
  const signedAtMs = timeOf(given.date);
  if (Number.isNaN(signedAtMs) || !given.date.startsWith(day)) return 'AccessDenied';
  if (signedAtMs > nowMs + mostSkewMs) return 'AccessDenied';
  const expiresAtMs = signedAtMs + Number(params.get('X-Amz-Expires')) * 1000;
  if (isInQuery && !(nowMs < expiresAtMs)) return 'AccessDenied';
  if (!isInQuery && signedAtMs < nowMs - mostSkewMs) return 'RequestTimeTooSkewed';

  const canonicalRequest = [
    request.method,
    path,
    query
      .filter((pair) => !pair.startsWith('X-Amz-Signature='))
      .map((pair) => (pair.includes('=') ? pair : `${pair}=`))
      .toSorted()
      .join('&'),
    ...given.signedHeaders.split(';').map((name) => `${name}:${header(name)}`),
    '',
    given.signedHeaders,
    given.payload,
  ].join('\n');
  const scope = [day, region, service, terminator];
  const toSign = ['AWS4-HMAC-SHA256', given.date, scope.join('/'), sha256(canonicalRequest)].join('\n');
  const key = scope.reduce<string | Buffer>((outer, part) => hmac(outer, part), `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex') === given.signature ? null : 'SignatureDoesNotMatch';
}

const fieldOf = (authorization: string, name: string) =>
  new RegExp(`[ ,]${name}=([^, ]+)`).exec(authorization)?.[1] ?? '';

/** Milliseconds of a time such as 20260101T120000Z; NaN where it is none. */
const timeOf = (text: string) =>
  Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
