import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { AppError } from '../lib/errors.ts';
import { createZipDownload, type ZipEntry } from './zip-download.ts';

/** The address of a server whose zip has these entries. */
async function serve(entriesOf: () => AsyncIterable<ZipEntry>): Promise<string> {
  const handler = createZipDownload({
    fileName: 'all.zip',
    viewerOf: () => ({ id: 'u', account: {} }),
    entriesOf,
  });
  const server = createServer((request, response) => {
    void Promise.resolve(handler(request, response)).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

it('ends what it reads where its reader leaves, and then serves the user again', async () => {
  const sources: Readable[] = [];
  const url = await serve(async function* () {
    const endless = new Readable({ read: () => endless.push(Buffer.alloc(65_536)) });
    sources.push(endless);
    yield { name: 'endless', input: endless };
  });
  const stop = new AbortController();
  const first = await fetch(url, { signal: stop.signal });
  expect(first.headers.get('content-type')).toBe('application/zip');
  expect((await fetch(url)).status).toBe(429);
  stop.abort();
  await expect.poll(() => sources[0]?.destroyed).toBe(true);
  const again = await fetch(url);
  expect(again.status).toBe(200);
  await again.body?.cancel();
});

it('breaks the connection where the storage fails, so that nothing looks whole', async () => {
  const url = await serve(async function* () {
    yield { name: 'one', input: 'one' };
    yield { name: 'two', input: Readable.from(failing()) };
  });
  async function* failing() {
    yield Buffer.from('half');
    throw new Error('The storage is away');
  }
  const answer = await fetch(url);
  await expect(answer.arrayBuffer()).rejects.toThrow();
});

it('answers with the refusal of what is asked for', async () => {
  const url = await serve(() => {
    throw new AppError('INVALID_INPUT', 'The parameter is one of a, b.', 'letter');
  });
  const answer = await fetch(url);
  expect([answer.status, await answer.json()]).toEqual([
    400,
    { code: 'INVALID_INPUT', message: 'The parameter is one of a, b.' },
  ]);
});
