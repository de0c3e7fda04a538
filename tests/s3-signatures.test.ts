import type { IncomingMessage } from 'node:http';
import { expect, it } from 'vitest';
import { findSignatureFault } from './support/storage/s3-signatures.ts';

// The examples of "Authenticating Requests: Using the Authorization Header" and "Using Query Parameters".
const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const credential = 'AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request';
const host = 'examplebucket.s3.amazonaws.com';
const signedAtMs = Date.UTC(2013, 4, 24);
const emptyHash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const byHeader = (signature: string) => ({
  method: 'GET',
  url: '/test.txt',
  headers: {
    host,
    range: 'bytes=0-9',
    'x-amz-content-sha256': emptyHash,
    'x-amz-date': '20130524T000000Z',
    authorization:
      `AWS4-HMAC-SHA256 Credential=${credential},` +
      `SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=${signature}`,
  },
});
const byQuery = (signature: string) => ({
  method: 'GET',
  url:
    `/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${encodeURIComponent(credential)}` +
    `&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=${signature}`,
  headers: { host },
});
const inHeader = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
const inQuery = 'aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404';

it.each([
  ['by its header', byHeader(inHeader), 0, null],
  ['by its query', byQuery(inQuery), 0, null],
  ['by its query, a moment before it expires', byQuery(inQuery), 86_399_000, null],
  ['by its query, expired', byQuery(inQuery), 86_400_000, 'AccessDenied'],
  ['by its header, long ago', byHeader(inHeader), 16 * 60_000, 'RequestTimeTooSkewed'],
  ['by its header, in the future', byHeader(inHeader), -16 * 60_000, 'AccessDenied'],
  ['by the header of another', byHeader(inQuery), 0, 'SignatureDoesNotMatch'],
  ['by the query of another', byQuery(inHeader), 0, 'SignatureDoesNotMatch'],
  ['by nothing', { method: 'GET', url: '/test.txt', headers: { host } }, 0, 'AccessDenied'],
])('reads a request that is signed %s', (_, request, laterMs, fault) => {
  expect(findSignatureFault(request as unknown as IncomingMessage, secret, signedAtMs + laterMs)).toBe(fault);
});
