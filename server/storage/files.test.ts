import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFileLinks } from './file-link.ts';
import { createFilesHandler, type FilesHandler } from './files.ts';
import { createLocalStorage } from './local.ts';
import type { ImageStorage } from './storage.ts';

const secret = 'a secret of the tests';
const noon = Date.UTC(2026, 0, 1, 12);
const hourMs = 3_600_000;

describe('the files handler', () => {
  let nowMs = noon;
  const clock = () => nowMs;
  let folder: string;
  let server: Server;
  let origin: string;
  let storage: ImageStorage;
  let link: ReturnType<typeof createFileLinks>;
  let handled: Promise<void>[];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'proofsheet-files-'));
    const handle: FilesHandler = (...exchange) => createFilesHandler({ storage, secret, clock })(...exchange);
    handled = [];
    server = createServer((incoming, response) => {
      handled.push(handle(incoming, response));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    link = createFileLinks({ baseUrl: `${origin}/files`, secret, clock });
    storage = createLocalStorage({ folder, baseUrl: `${origin}/files`, secret, clock });
    await storage.put('images/a.png', Buffer.from('a picture'), { contentType: 'image/png' });
  });
  afterAll(async () => {
    await new Promise((closed) => server.close(closed));
    await rm(folder, { recursive: true });
  });

  /** Sends a path as it is; fetch would tidy it up first. */
  async function getRaw(path: string): Promise<{ status: number | undefined; body: string }> {
    const asked = request(origin, { path }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return { status: response.statusCode, body: await text(response) };
  }

  it('sends the file with headers that keep it a picture and let caches have it', async () => {
    const response = await fetch(await storage.url('images/a.png'));
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('a picture');
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-length': '9',
      'cache-control': 'private, max-age=3600, immutable',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
    });
  });

  it.each([
    ['b.jpg', 'image/jpeg'],
    ['b.webp', 'image/webp'],
    ['b.html', 'application/octet-stream'],
    ['b', 'application/octet-stream'],
  ])('sends %s as %s', async (key, contentType) => {
    await storage.put(key, Buffer.from('x'), { contentType: 'text/html' });
    const response = await fetch(await storage.url(key));
    expect(response.headers.get('content-type')).toBe(contentType);
    await response.body?.cancel();
  });

  it('answers HEAD without a body', async () => {
    const response = await fetch(await storage.url('images/a.png'), { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('9');
    expect(await response.text()).toBe('');
  });

  it('answers 304 to a reader that has the file, until it is replaced', async () => {
    await storage.put('cached.png', Buffer.from('one'), { contentType: 'image/png' });
    const url = await storage.url('cached.png');
    const first = await fetch(url);
    await first.text();
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[^"]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await fetch(url, { headers: { 'If-None-Match': known } });
      expect(again.status).toBe(304);
      expect(again.headers.get('cache-control')).toBe('private, max-age=3600, immutable');
    }
    await storage.put('cached.png', Buffer.from('two'), { contentType: 'image/png' });
    const replaced = await fetch(url, { headers: { 'If-None-Match': etag } });
    expect(await replaced.text()).toBe('two');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('refuses %s', async (method) => {
    const response = await fetch(await storage.url('images/a.png'), { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, HEAD');
    await response.text();
  });

  it('serves a link until it expires, and says so after', async () => {
    nowMs = noon + hourMs / 2 - 1;
    const url = await storage.url('images/a.png');
    nowMs = noon + hourMs - 1001;
    const last = await fetch(url);
    expect(last.status).toBe(200);
    expect(last.headers.get('cache-control')).toBe('private, max-age=1, immutable');
    await last.text();
    nowMs = noon + hourMs;
    const late = await fetch(url);
    nowMs = noon;
    expect(late.status).toBe(403);
    expect(late.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(late.headers.get('cache-control')).toBe('no-store');
    expect(await late.text()).toBe('This link has expired.');
  });

  it.each<[string, (url: URL) => void]>([
    ['another key', (url) => (url.pathname = '/files/images/b.png')],
    ['a later expiry', (url) => url.searchParams.set('expires', '9999999999')],
    ['an expiry that is no number', (url) => url.searchParams.set('expires', 'NaN')],
    ['no expiry', (url) => url.searchParams.delete('expires')],
    ['another file name', (url) => url.searchParams.set('download', 'invoice.exe')],
    ['no file name', (url) => url.searchParams.delete('download')],
    ['no signature', (url) => url.searchParams.delete('signature')],
    ['a short signature', (url) => url.searchParams.set('signature', 'abc')],
    ['a signature that is no ASCII', (url) => url.searchParams.set('signature', 'é'.repeat(43))],
    [
      'a signature with its last character changed',
      (url) => {
        const signature = url.searchParams.get('signature') ?? '';
        url.searchParams.set('signature', signature.slice(0, -1) + (signature.endsWith('A') ? 'B' : 'A'));
      },
    ],
  ])('refuses a link with %s', async (_, tamper) => {
    await storage.put('images/b.png', Buffer.from('private'), { contentType: 'image/png' });
    const url = new URL(link('images/a.png', 'a.png'));
    tamper(url);
    const response = await fetch(url);
    expect(response.status).toBe(403);
    expect(await response.text()).toBe('This link is not valid.');
  });

  it('refuses the link of a storage with another secret', async () => {
    const other = createLocalStorage({ folder, baseUrl: `${origin}/files`, secret: 'another', clock });
    expect((await fetch(await other.url('images/a.png'))).status).toBe(403);
  });

  it.each([
    '/files/../local.ts',
    '/files/%2e%2e/%2e%2e/etc/passwd',
    '/files/..%2f..%2fetc%2fpasswd',
    '/files/.incoming/x',
    '/files//etc/passwd',
    '/files/images\\a.png',
    '/files/x/../images/a.png',
    '/files/images/%61.png',
    '/files/images/a.png%00',
    '/files/',
    '/files',
    '//files/images/a.png',
    'http://[/files/a.png',
    '/',
  ])('finds nothing under %s', async (path) => {
    const query = new URL(await storage.url('images/a.png')).search;
    const { status, body } = await getRaw(path + query);
    expect(status).toBeOneOf([403, 404]);
    expect(body).toMatch(/^(There is no such file|This link is not valid)\.$/);
  });

  it.each(['proof sheet.png', `"quoted" & 'so'; 100%.png`, '猫と犬 – été 😀.png'])(
    'offers a download under the name %s',
    async (name) => {
      const response = await fetch(link('images/a.png', name));
      expect(await response.text()).toBe('a picture');
      const disposition = response.headers.get('content-disposition') ?? '';
      expect(disposition).toMatch(/^attachment; filename="[^"]+"; filename\*=UTF-8''\S+$/);
      expect(decodeURIComponent(disposition.split("UTF-8''")[1] ?? '')).toBe(name);
    },
  );

  it('answers 404 where the file is no more', async () => {
    const response = await fetch(await storage.url('images/none.png'));
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('There is no such file.');
  });

  it('takes a reader that leaves half-way as no fault', async () => {
    await storage.put('big.png', Buffer.alloc(8_000_000), { contentType: 'image/png' });
    const before = handled.length;
    const asked = request(await storage.url('big.png')).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    await once(response, 'readable');
    asked.destroy();
    await expect(handled[before]).resolves.toBeUndefined();
  });
});
