import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { inwardHosts } from '../../tests/support/inward-addresses.ts';
import { BodyTooLong } from './read-bounded.ts';
import { createGuardedFetch, type Dialled, type DialledAnswer, dialHttp } from './guarded-fetch.ts';
import { sleep } from './sleep.ts';

const request = { signal: new AbortController().signal, maxBytes: 1000 };

/** What a scripted host answers. */
type Answer = string | { status: number; location?: string };

/** A fetch whose resolver and connections are scripted: nothing is dialled. */
function scripted({
  names = {},
  answers = {},
  allowedOrigins = [],
  allowsHttp = false,
}: {
  names?: Record<string, string[][]>;
  answers?: Record<string, Answer>;
  allowedOrigins?: string[];
  allowsHttp?: boolean;
}) {
  const dialled: Pick<Dialled, 'url' | 'addresses'>[] = [];
  const resolved: string[] = [];
  const left = structuredClone(names);
  const fetch = createGuardedFetch({
    allowedOrigins,
    allowsHttp,
    async resolve(hostname) {
      resolved.push(hostname);
      const found = left[hostname];
      if (!found) throw new Error(`ENOTFOUND ${hostname}`);
      return found.length > 1 ? found.shift()! : found[0]!;
    },
    async dial({ url, addresses }): Promise<DialledAnswer> {
      dialled.push({ url, addresses });
      const answer = answers[url.href] ?? 'bytes';
      const { status, location } = typeof answer === 'string' ? { status: 200 } : answer;
      return {
        status,
        location,
        body: new Blob([typeof answer === 'string' ? answer : '']).stream(),
        discard() {},
      };
    },
  });
  return { fetch, dialled, resolved };
}

describe('a guarded fetch', () => {
  it('knows more than 80 spellings', () => {
    expect(new Set(inwardHosts).size).toBeGreaterThan(80);
  });

  it.each(inwardHosts)('does not reach https://%s', async (host) => {
    const { fetch, dialled, resolved } = scripted({});
    await expect(fetch(`https://${host}/0.png`, request)).rejects.toMatchObject({ reason: 'NOT_PUBLIC' });
    expect(dialled).toEqual([]);
    expect(resolved).toEqual([]);
  });

  it.each(inwardHosts)('does not reach %s by a name or a redirect', async (host) => {
    const { hostname } = new URL(`https://${host}`);
    const address = hostname.replace(/^\[(.*)\]$/, '$1');
    const names = { 'inward.example': [[address]], 'public.example': [['93.184.215.14']] };
    const answers = { 'https://public.example/0.png': { status: 302, location: `https://${host}/1.png` } };
    const { fetch, dialled } = scripted({ names, answers });
    const byName = fetch('https://inward.example/0.png', request);
    await expect(byName).rejects.toMatchObject({ reason: 'NOT_PUBLIC' });
    const byRedirect = fetch('https://public.example/0.png', request);
    await expect(byRedirect).rejects.toMatchObject({ reason: 'NOT_PUBLIC' });
    expect(dialled.map(({ url }) => url.hostname)).toEqual(['public.example']);
  });

  it.each([
    '93.184.215.14',
    '1.1.1.1',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.255.255',
    '[2606:4700::1111]',
    '[2a00::1]',
  ])('reaches https://%s', async (host) => {
    const { fetch, dialled } = scripted({});
    const { bytes } = await fetch(`https://${host}/0.png`, request);
    expect(Buffer.from(bytes).toString()).toBe('bytes');
    expect(dialled).toHaveLength(1);
  });

  it('posts to public addresses only, and follows no redirect', async () => {
    const post = { headers: {}, body: '{}' };
    const names = { 'inward.example': [['10.0.0.1']], 'public.example': [['93.184.215.14']] };
    const answers = { 'https://public.example/': { status: 307, location: 'https://public.example/next' } };
    const { fetch, dialled } = scripted({ names, answers });
    const inward = fetch('https://inward.example/', { ...request, post });
    await expect(inward).rejects.toMatchObject({ reason: 'NOT_PUBLIC' });
    expect(await fetch('https://public.example/', { ...request, post })).toMatchObject({ status: 307 });
    expect(dialled.map(({ url }) => url.href)).toEqual(['https://public.example/']);
  });

  it('dials the addresses that it checked, whatever the name leads to a moment later', async () => {
    const names = { 'rebinding.example': [['93.184.215.14'], ['127.0.0.1']] };
    const { fetch, dialled, resolved } = scripted({ names });
    await fetch('https://rebinding.example/0.png', request);
    expect(dialled[0]?.addresses).toEqual(['93.184.215.14']);
    expect(resolved).toHaveLength(1);
    const again = fetch('https://rebinding.example/0.png', request);
    await expect(again).rejects.toMatchObject({ reason: 'NOT_PUBLIC' });
  });

  it.each([
    [['93.184.215.14', '10.0.0.1']],
    [['2606:4700::1111', '::1']],
    [[]],
    [['fe80::1%eth0']],
    [['nothing']],
  ])('does not reach a name that leads to %j', async (addresses) => {
    const { fetch, dialled } = scripted({ names: { 'mixed.example': [addresses] } });
    await expect(fetch('https://mixed.example/', request)).rejects.toMatchObject({ reason: 'NOT_PUBLIC' });
    expect(dialled).toEqual([]);
  });

  it.each([
    ['http://public.example/', 'BAD_SCHEME'],
    ['ftp://public.example/', 'BAD_SCHEME'],
    ['file:///etc/hostname', 'BAD_SCHEME'],
    ['gopher://127.0.0.1:6379/_', 'BAD_SCHEME'],
    ['data:image/png;base64,AAAA', 'BAD_SCHEME'],
    ['https://public.example:8443/', 'BAD_PORT'],
    ['https://public.example:22/', 'BAD_PORT'],
    ['https://user@public.example/', 'USERINFO'],
    ['https://user:password@public.example/', 'USERINFO'],
    ['https://public.example@127.0.0.1/', 'USERINFO'],
    ['https://', 'BAD_ADDRESS'],
    ['//public.example/0.png', 'BAD_ADDRESS'],
    ['https://[::1%25eth0]/', 'BAD_ADDRESS'],
    ['https://1.2.3.4.5/', 'BAD_ADDRESS'],
    ['https://256.256.256.256/', 'BAD_ADDRESS'],
  ])('refuses %s as %s, also in a redirect', async (address, reason) => {
    const names = { 'public.example': [['93.184.215.14']] };
    const answers = { 'https://public.example/first': { status: 307, location: address } };
    const { fetch, dialled } = scripted({ names, answers });
    await expect(fetch(address, request)).rejects.toMatchObject({ reason });
    if (address.startsWith('//')) return;
    await expect(fetch('https://public.example/first', request)).rejects.toMatchObject({ reason });
    expect(dialled).toHaveLength(1);
  });

  it('reaches http on its own port, also by a redirect, where that is allowed', async () => {
    const answers = { 'https://1.1.1.1/first': { status: 302, location: 'http://1.1.1.1/second' } };
    const { fetch, dialled } = scripted({ answers, allowsHttp: true });
    await fetch('https://1.1.1.1/first', request);
    expect(dialled.map(({ url }) => url.href)).toEqual(['https://1.1.1.1/first', 'http://1.1.1.1/second']);
    for (const port of [443, 8080])
      await expect(fetch(`http://1.1.1.1:${port}/`, request)).rejects.toMatchObject({ reason: 'BAD_PORT' });
  });

  it('names no address in its refusal', async () => {
    const refused: unknown = await scripted({})
      .fetch('https://10.0.0.1/?secret=1', request)
      .catch((error: unknown) => error);
    const { message, stack } = refused as Error;
    expect(`${message} ${stack}`).not.toMatch(/secret|10\.0\.0\.1/);
  });

  describe('follows redirects', () => {
    const hop = (location: string) => ({ status: 302, location });
    const names = { 'a.example': [['93.184.215.14']], 'b.example': [['1.1.1.1']] };

    it('of three hosts, each checked and pinned', async () => {
      const answers = {
        'https://a.example/0': hop('/1'),
        'https://a.example/1': hop('https://b.example/2'),
        'https://b.example/2': hop('//a.example/3'),
      };
      const { fetch, dialled } = scripted({ names, answers });
      expect(Buffer.from((await fetch('https://a.example/0', request)).bytes).toString()).toBe('bytes');
      expect(dialled.map(({ url, addresses }) => [url.href, ...addresses!])).toEqual([
        ['https://a.example/0', '93.184.215.14'],
        ['https://a.example/1', '93.184.215.14'],
        ['https://b.example/2', '1.1.1.1'],
        ['https://a.example/3', '93.184.215.14'],
      ]);
    });

    it('three times at most', async () => {
      const answers = { 'https://a.example/': hop('/') };
      const { fetch, dialled } = scripted({ names, answers });
      const endless = fetch('https://a.example/', request);
      await expect(endless).rejects.toMatchObject({ reason: 'TOO_MANY_REDIRECTS' });
      expect(dialled).toHaveLength(4);
    });

    it('not without a place to go', async () => {
      const { fetch } = scripted({ names, answers: { 'https://a.example/': { status: 302 } } });
      expect(await fetch('https://a.example/', request)).toMatchObject({ status: 302 });
    });
  });

  describe('with an allowed origin', () => {
    const allowedOrigins = ['http://127.0.0.1:4010'];

    it('reaches exactly that origin', async () => {
      const { fetch, dialled } = scripted({ allowedOrigins });
      await fetch('http://127.0.0.1:4010/0.png', request);
      expect(dialled[0]?.addresses).toBeUndefined();
      for (const address of ['http://127.0.0.1:4011/', 'http://127.0.0.2:4010/', 'http://localhost:4010/'])
        await expect(fetch(address, request)).rejects.toMatchObject({ reason: 'BAD_SCHEME' });
      await expect(fetch('https://127.0.0.1:4010/', request)).rejects.toMatchObject({ reason: 'BAD_PORT' });
      await expect(fetch('http://x@127.0.0.1:4010/', request)).rejects.toMatchObject({ reason: 'USERINFO' });
      expect(dialled).toHaveLength(1);
    });

    it('checks where that origin redirects to', async () => {
      const answers = { 'http://127.0.0.1:4010/': { status: 302, location: 'https://10.0.0.1/' } };
      const { fetch } = scripted({ allowedOrigins, answers });
      await expect(fetch('http://127.0.0.1:4010/', request)).rejects.toMatchObject({ reason: 'NOT_PUBLIC' });
    });
  });

  it('reads no more than the largest size, and the body of a success alone', async () => {
    const answers = { 'https://1.1.1.1/long': 'x'.repeat(1001), 'https://1.1.1.1/gone': { status: 410 } };
    const { fetch } = scripted({ answers });
    await expect(fetch('https://1.1.1.1/long', request)).rejects.toThrow(BodyTooLong);
    expect(await fetch('https://1.1.1.1/gone', request)).toEqual({ status: 410, bytes: new Uint8Array() });
  });

  it('reads nothing of a body that is declared to be longer', async () => {
    let isDiscarded = false;
    const fetch = createGuardedFetch({
      dial: async () => ({
        status: 200,
        byteSize: 1001,
        body: { [Symbol.asyncIterator]: () => expect.unreachable() },
        discard: () => (isDiscarded = true),
      }),
    });
    await expect(fetch('https://1.1.1.1/', request)).rejects.toThrow(BodyTooLong);
    expect(isDiscarded).toBe(true);
  });

  it('ends with its caller, even while a name is resolved', async () => {
    const caller = new AbortController();
    const fetch = createGuardedFetch({ resolve: () => new Promise(() => {}) });
    const asked = fetch('https://a.example/', { ...request, signal: caller.signal });
    caller.abort();
    await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('dialling', () => {
  it('connects to the pinned address under the name of the URL, without credentials', async () => {
    const server = createServer((message, response) => {
      response.end(JSON.stringify({ headers: message.headers, from: message.socket.localAddress }));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    // A name that no resolver knows.
    const url = new URL(`http://pictures.invalid:${port}/0.png`);
    const answer = await dialHttp({ url, addresses: ['127.0.0.1'], signal: request.signal });
    const chunks: Uint8Array[] = [];
    for await (const chunk of answer.body) chunks.push(chunk);
    const echoed = JSON.parse(Buffer.concat(chunks).toString()) as { headers: object; from: string };
    expect(echoed.headers).toEqual({
      host: url.host,
      accept: 'image/*, */*;q=0.5',
      'user-agent': 'Proofsheet',
      'accept-encoding': 'identity',
      connection: 'close',
    });
    expect(echoed.from).toBe('127.0.0.1');
  });

  const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
  const informational = (status: string) => `HTTP/1.1 ${status}\r\n\r\n`.repeat(21);
  /** Sends each part in a packet of its own, so that what follows the first is not read with it. */
  const serve = async (...parts: string[]) => {
    const server = createServer(async (_, { socket }) => {
      for (const part of parts) {
        socket!.write(part);
        await sleep(20);
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  };

  it.each(['100 Continue', '103 Early Hints'])('reads a response after 20 of %s', async (status) => {
    const final = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nwhole';
    const url = await serve(`HTTP/1.1 ${status}\r\n\r\n`.repeat(20), final);
    const answer = await dialHttp({ url, addresses: undefined, signal: request.signal });
    const chunks = await Array.fromAsync(answer.body);
    expect(Buffer.concat(chunks).toString()).toBe('whole');
  });

  it.each([
    ['switches to another protocol', switching],
    ['sends more than 20 early hints', informational('103 Early Hints')],
    ['asks more than 20 times to continue', informational('100 Continue')],
  ])('fails where the server %s', async (_, answer) => {
    const url = await serve(answer);
    const dialled = dialHttp({ url, addresses: undefined, signal: request.signal });
    await expect(dialled).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
