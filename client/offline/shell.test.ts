import { describe, expect, it } from 'vitest';
import { createFakeCaches } from '../testing/fake-caches.ts';
import { createShell } from './shell.ts';

const pageOf = (id: string) => `<meta name="build" content="${id}" />`;

/** A server of one build, which can be unreachable, and workers of any build. */
function start() {
  const server = { build: 'one', isReachable: true, asked: [] as string[] };
  const fetch: typeof globalThis.fetch = async (input) => {
    const url = new URL(
      typeof input === 'object' && 'url' in input ? input.url : String(input),
      location.href,
    );
    server.asked.push(url.pathname);
    if (!server.isReachable) throw new TypeError('Failed to fetch');
    return new Response(url.pathname.startsWith('/assets/') ? url.pathname : pageOf(server.build));
  };
  const caches = createFakeCaches(fetch);
  const worker = (id: string) =>
    createShell({ id, routes: ['/', '/history'], files: [`/assets/${id}.js`] }, { caches, fetch });
  return { server, caches, worker };
}

/** A request as a browser makes it: one of a navigation cannot be made by a script. */
const request = (path: string, mode: RequestMode = 'no-cors', method = 'GET') =>
  ({ url: new URL(path, location.href).href, mode, method }) as Request;
const navigate = (path: string) => request(path, 'navigate');
const textOf = async (response: Promise<Response> | undefined) => (await response!).text();

describe('the service worker', () => {
  it('takes the page from the server, and the kept one only where that cannot be reached', async () => {
    const { server, worker } = start();
    const one = worker('one');
    await one.install();
    server.build = 'two';
    expect(await textOf(one.respond(navigate('/')))).toBe(pageOf('two'));
    server.isReachable = false;
    for (const path of ['/', '/history', '/history/', '/history?search=a'])
      expect(await textOf(one.respond(navigate(path)))).toBe(pageOf('one'));
  });

  it('leaves everything to the browser but its pages and the files of builds', () => {
    const one = start().worker('one');
    for (const path of ['/s/link', '/graphql', '/api/images.zip', '/files/a', '/nothing'])
      expect(one.respond(navigate(path))).toBeUndefined();
    for (const path of ['/graphql', '/api/auth/get-session', '/files/a?signature=b', '/build.txt'])
      expect(one.respond(request(path))).toBeUndefined();
    expect(one.respond(request('/assets/one.js', 'cors', 'POST'))).toBeUndefined();
    expect(one.respond(request('https://elsewhere.example/assets/one.js'))).toBeUndefined();
  });

  it('has the files of its build without asking, and asks for others', async () => {
    const { server, worker } = start();
    const one = worker('one');
    await one.install();
    server.asked.length = 0;
    expect(await textOf(one.respond(request('/assets/one.js')))).toBe('/assets/one.js');
    expect(server.asked).toEqual([]);
    expect(await textOf(one.respond(request('/assets/two.js')))).toBe('/assets/two.js');
    expect(server.asked).toEqual(['/assets/two.js']);
  });

  it('is not installed with the page of another build', async () => {
    const { server, worker } = start();
    server.build = 'two';
    await expect(worker('one').install()).rejects.toThrow('build one');
  });

  it('replaces the build before, whose open pages still load their parts, and removes older ones', async () => {
    const { server, caches, worker } = start();
    for (const id of ['one', 'two', 'three']) {
      server.build = id;
      await worker(id).install();
      await worker(id).activate();
    }
    await caches.open('of-something-else');
    expect(await caches.keys()).toEqual([
      'proofsheet-shell-two',
      'proofsheet-shell-three',
      'of-something-else',
    ]);
    server.isReachable = false;
    const three = worker('three');
    expect(await textOf(three.respond(request('/assets/two.js')))).toBe('/assets/two.js');
    expect(await textOf(three.respond(navigate('/')))).toBe(pageOf('three'));
    await expect(three.respond(request('/assets/one.js'))).rejects.toThrow('Failed to fetch');
  });
});
