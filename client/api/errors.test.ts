import { CombinedError } from '@urql/core';
import { describe, expect, it } from 'vitest';
import { refusalFromStatus, refusalOf } from './errors.ts';

const refused = (extensions: Record<string, unknown>) =>
  new CombinedError({ graphQLErrors: [{ message: 'no', extensions }] });

describe('refusalOf', () => {
  it('carries the code, the field at fault and the wait', () => {
    expect(refusalOf(refused({ code: 'INVALID_INPUT', field: 'options.count' }))).toEqual({
      code: 'INVALID_INPUT',
      field: 'options.count',
    });
    expect(refusalOf(refused({ code: 'RATE_LIMITED', retryAfter: 1.2 }))).toEqual({
      code: 'RATE_LIMITED',
      retryAfterSeconds: 2,
    });
  });

  it('carries what the server knows its own fault by', () => {
    expect(refusalOf(refused({ code: 'INTERNAL', id: 'b1946ac9' }))).toEqual({
      code: 'INTERNAL',
      reportId: 'b1946ac9',
    });
  });

  it('carries the message that is for the user', () => {
    const withMessage = (code: string, message: string) =>
      refusalOf(new CombinedError({ graphQLErrors: [{ message, extensions: { code } }] }));
    expect(withMessage('STORAGE_FULL', 'It does not fit.')?.message).toBe('It does not fit.');
    expect(withMessage('NOT_FOUND', 'There is no such image.')).toEqual({ code: 'NOT_FOUND' });
  });

  it('carries the limits of an image as figures', () => {
    const limits = { maxBytes: 5_242_880, maxPixels: 40_000_000 };
    expect(refusalOf(refused({ code: 'UPLOAD_TOO_LARGE', ...limits }))).toMatchObject(limits);
    expect(refusalOf(refused({ code: 'UPLOAD_TOO_LARGE', maxBytes: 'many' }))).not.toHaveProperty('maxBytes');
  });

  it('takes a code that it does not know for a fault of the server', () => {
    expect(refusalOf(refused({ code: 'SOMETHING_NEW' }))).toEqual({ code: 'INTERNAL' });
    expect(refusalOf(refused({}))).toEqual({ code: 'INTERNAL' });
  });

  it('distinguishes a missing response from a bad one', () => {
    const networkError = new TypeError('Failed to fetch');
    expect(refusalOf(new CombinedError({ networkError }))).toEqual({ code: 'NETWORK' });
    const response = new Response('', { status: 502 });
    expect(refusalOf(new CombinedError({ networkError, response }))).toEqual({ code: 'INTERNAL' });
    expect(refusalOf(undefined)).toBeUndefined();
  });
});

describe('refusalFromStatus', () => {
  it.each([
    [0, 'NETWORK'],
    [401, 'UNAUTHENTICATED'],
    [413, 'UPLOAD_TOO_LARGE'],
    [429, 'RATE_LIMITED'],
    [500, 'INTERNAL'],
  ])('takes %i for %s', (status, code) => {
    expect(refusalFromStatus(status)).toEqual({ code });
  });
});
