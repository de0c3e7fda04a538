import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createAddressOf } from './client-address.ts';

const request = (forwarded?: string) =>
  ({
    headers: { ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) },
    socket: { remoteAddress: '127.0.0.1' },
  }) as unknown as IncomingMessage;

describe('the address of a caller', () => {
  it('is that of the connection, whatever a header claims, where no proxy is trusted', () => {
    expect(createAddressOf(0)(request('203.0.113.7'))).toBe('127.0.0.1');
  });

  it('is what the outermost trusted proxy saw, and not what the caller wrote before it', () => {
    expect(createAddressOf(1)(request('198.51.100.1, 203.0.113.7'))).toBe('203.0.113.7');
    expect(createAddressOf(2)(request('198.51.100.1, 203.0.113.7, 10.0.0.2'))).toBe('203.0.113.7');
  });

  it('is the network of an IPv6 address, and the address alone where a port comes with it', () => {
    const seen = (forwardedFor: string) => createAddressOf(1)(request(forwardedFor));
    expect(seen('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64');
    expect(seen('[2001:db8::1]:5000')).toBe('2001:db8:0:0::/64');
    expect(seen('203.0.113.7:5000')).toBe('203.0.113.7');
  });

  it('is that of the connection where the proxies told nothing', () => {
    expect(createAddressOf(1)(request())).toBe('127.0.0.1');
  });
});
