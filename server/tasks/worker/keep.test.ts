/** Results in memory: however many tasks end at once, the bytes that are read and not yet stored stay within a budget. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../errors.ts';
import type { ProcessedPicture } from '../../images/pictures/process.ts';
import type { KeptImage } from '../../images/service.ts';
import { createByteBudget } from '../../lib/byte-budget.ts';
import { createGuardedFetch } from '../../lib/guarded-fetch.ts';
import { readOutputs } from '../../providers/outputs.ts';
import { keepImages } from './keep.ts';
import type { Lease } from './lease.ts';

const megabyte = 1024 * 1024;
const pictureBytes = 3 * megabyte;
let server: Server;
let url: string;
let fetch: ReturnType<typeof createGuardedFetch>;
beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url?.startsWith('/declared')) response.setHeader('Content-Length', pictureBytes);
    response.write(Buffer.alloc(pictureBytes));
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  fetch = createGuardedFetch({ allowedOrigins: [url] });
});
afterAll(() => new Promise((closed) => server.close(closed)));

const leaseOf = (count: number, signal = new AbortController().signal) =>
  ({
    task: { id: 't', userId: 'u', operation: null, options: { count } },
    signal,
    stopping: new AbortController().signal,
    leftMs: () => 60_000,
  }) as unknown as Lease;

/** Stores slowly, and knows how many bytes it was given and has not stored yet. */
function slowImages() {
  let held = 0;
  let most = 0;
  return {
    get mostHeldBytes() {
      return most;
    },
    prepare: async (_: string, bytes: Uint8Array) => ({ bytes }) as ProcessedPicture,
    async keep(_: string, { bytes }: ProcessedPicture) {
      held += bytes.byteLength;
      most = Math.max(most, held);
      for (let waits = 0; waits < 20; waits += 1) await new Promise((next) => setImmediate(next));
      held -= bytes.byteLength;
      return { byteSize: bytes.byteLength } as KeptImage;
    },
    discard: async () => {},
  };
}

describe.each([
  ['whose length is declared', 'declared', 3],
  ['whose length is not declared', 'chunked', 1],
])('pictures %s', (_, path, mostAtOnce) => {
  it('are all kept, and never more of them in memory than the budget allows', async () => {
    const budget = createByteBudget(10 * megabyte);
    const images = slowImages();
    let reading = 0;
    let mostRead = 0;
    const counted = readOutputs(
      Array.from({ length: 8 }, (__, index) => `${url}/${path}/${index}`),
      { fetch },
    ).map((image) => ({
      async read(options: Parameters<typeof image.read>[0]) {
        const reserve = async (bytes: number) => {
          await options.reserve?.(bytes);
          reading += 1;
          mostRead = Math.max(mostRead, reading);
        };
        return image.read({ ...options, reserve }).finally(() => (reading -= 1));
      },
    }));
    const outcomes = await Promise.all(
      Array.from({ length: 4 }, () => keepImages(counted, leaseOf(8), images, budget)),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kept: { length: 8 } });
    expect(images.mostHeldBytes).toBeLessThanOrEqual(10 * megabyte);
    expect(images.mostHeldBytes).toBe(mostAtOnce * pictureBytes);
    expect(mostRead).toBeLessThanOrEqual(mostAtOnce);
  });
});

it('gives its share back where a picture cannot be read or stored, or the lease ends', async () => {
  const budget = createByteBudget(pictureBytes);
  const images = slowImages();
  const [image] = readOutputs([`${url}/declared/1`], { fetch });
  const ended = AbortSignal.abort(new Error('lost'));
  expect(await keepImages([image!], leaseOf(1, ended), images, budget)).toHaveProperty('failure');
  const gone = { read: () => Promise.reject(new Error('gone')) };
  await expect(keepImages([gone], leaseOf(1), images, budget)).rejects.toThrow('gone');
  const refusing = { ...images, keep: () => Promise.reject(new AppError('UNREADABLE_IMAGE', 'Damaged')) };
  expect(await keepImages([image!], leaseOf(1), refusing, budget)).toHaveProperty('failure');
  expect(await keepImages([image!], leaseOf(1), images, budget)).toMatchObject({ kept: { length: 1 } });
});
