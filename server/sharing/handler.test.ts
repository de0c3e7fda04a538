import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { createSharedPageHandler } from './handler.ts';

/** Of which the first byte comes, and no other. */
function begun(): Readable {
  const bytes = new Readable({ read() {} });
  bytes.push('a');
  return bytes;
}

it('lets one address read a limited number of images at a time', async () => {
  const image = { position: 0, storageKey: 'images/a.png', thumbnailKey: 'thumbnails/a.webp' };
  const handler = createSharedPageHandler({
    pageOf: async () => ({ images: [image] }) as never,
    storage: {
      open: async () => ({ byteSize: 1_000, etag: '"a"', bytes: begun() }),
    },
    models: {} as never,
    addressOf: ({ headers }) => String(headers['x-from']),
    originOf: () => 'http://localhost',
    stylesheet: async () => undefined,
  });
  const server = createServer(
    (request, response) => void handler(request, response, { markNotRefused() {} } as never),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = new AbortController();
  onTestFinished(() => {
    stop.abort();
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/s/${'a'.repeat(24)}/0`;
  const read = async (from: string) =>
    (await fetch(url, { headers: { 'x-from': from }, signal: stop.signal })).status;
  const statuses = await Promise.all(Array.from({ length: 13 }, () => read('one')));
  expect(statuses.filter((status) => status === 200)).toHaveLength(12);
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  expect(await read('another')).toBe(200);
});
