import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { ChunksTooSmall } from './chunk-limit.ts';
import { createGuardedFetch } from './guarded-fetch.ts';

/** Fetches a body of as many chunks of a size. */
async function fetchChunks(count: number, byteSize: number) {
  const server = createServer((_, response) => {
    for (let written = 0; written < count; written += 1) response.write(Buffer.alloc(byteSize, written));
    response.end();
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fetch = createGuardedFetch({ allowedOrigins: [url] });
  const { bytes } = await fetch(url, { signal: AbortSignal.timeout(20_000), maxBytes: 5_000_000 });
  return bytes;
}

it.each([
  [2_000, 1],
  [20_000, 128],
  [100, 20_000],
])('reads a body of %d chunks of %d bytes whole', async (count, byteSize) => {
  const bytes = await fetchChunks(count, byteSize);
  const expected = Array.from({ length: count }, (_, written) => Buffer.alloc(byteSize, written));
  expect(Buffer.concat(expected).equals(bytes)).toBe(true);
});

it.each([
  [2_100, 1],
  [20_000, 100],
])('refuses a body of %d chunks of %d bytes', async (count, byteSize) => {
  await expect(fetchChunks(count, byteSize)).rejects.toThrow(ChunksTooSmall);
});
