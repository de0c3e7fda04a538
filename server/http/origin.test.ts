import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createFileAddresses, createOriginCheck, createOwnOrigin } from './origin.ts';

const request = (headers: Record<string, string>) =>
  ({ method: 'POST', headers }) as unknown as IncomingMessage;

describe('the own origin', () => {
  it.each([
    ['nas.local:4000', 'http://nas.local:4000'],
    ['NAS.local:80', 'http://nas.local'],
    ['192.168.1.5:4000', 'http://192.168.1.5:4000'],
    ['[fe80::1]:4000', 'http://[fe80::1]:4000'],
    ['user@nas.local', undefined],
    ['nas.local/path', undefined],
    ['', undefined],
  ])('of Host %s is %s', (host, origin) => {
    expect(createOwnOrigin(0)(request({ host }))).toBe(origin);
  });

  it.each([
    [0, 'https', 'http'],
    [1, 'https', 'https'],
    [1, 'https, http', 'http'],
    [2, 'https, http', 'https'],
    [2, 'https', 'https'],
    [1, 'ftp', 'http'],
  ])('has behind %i proxies that report %s the scheme %s', (proxies, proto, scheme) => {
    const headers = { host: 'app.example', 'x-forwarded-proto': proto };
    expect(createOwnOrigin(proxies)(request(headers))).toBe(`${scheme}://app.example`);
  });
});

describe('a page', () => {
  const isAllowed = createOriginCheck(['https://friend.example'], createOwnOrigin(0));
  it.each([
    ['http://nas.local:4000', true],
    ['https://friend.example', true],
    ['https://nas.local:4000', false],
    ['http://nas.local', false],
    ['http://evil.nas.local:4000', false],
    ['http://evil.example', false],
    ['null', false],
  ])('of %s may act at nas.local:4000: %s', (origin, isAccepted) => {
    expect(isAllowed(request({ host: 'nas.local:4000', origin }))).toBe(isAccepted);
  });
});

describe('the address of what the server serves itself', () => {
  const addressOf = (path: string, isPublicUrlSet: boolean, headers: Record<string, string>) => {
    const publicUrl = 'http://localhost:4000';
    const addresses = createFileAddresses({ publicUrl, isPublicUrlSet, ownOrigin: createOwnOrigin(0) });
    return addresses(request(headers))(publicUrl + path);
  };
  const page = { host: 'nas.local:4000', origin: 'http://nas.local:4000' };

  it('is for a page that was opened at another one under that', () => {
    expect(addressOf('/files/a.png?x', true, page)).toBe('http://nas.local:4000/files/a.png?x');
    expect(addressOf('/files/a.png', true, { host: 'nas.local:4000' })).toBe(
      'http://localhost:4000/files/a.png',
    );
  });

  it('is for shared pages the public one, where the operator has set it', () => {
    expect(addressOf('/s/token', true, page)).toBe('http://localhost:4000/s/token');
    expect(addressOf('/s/token', false, page)).toBe('http://nas.local:4000/s/token');
  });
});
