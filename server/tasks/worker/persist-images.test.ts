/** Results in memory: however many tasks end at once, the bytes that are read and not yet stored stay within a budget. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../lib/errors.ts';
import type { ProcessedPicture } from '../../images/pictures/transform.ts';
import type { StoredImage } from '../../images/stored-files.ts';
import { createByteBudget } from '../../lib/byte-budget.ts';
import { createGuardedFetch } from '../../lib/guarded-fetch.ts';
import { readOutputs } from '../../providers/outputs.ts';
import { persistImages } from './persist-images.ts';
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

const log = { error: () => {} };
const never = new AbortController().signal;
const leaseOf = (count: number, signal = never, changes: Partial<Lease> = {}) =>
  ({
    task: { id: 't', userId: 'u', operation: null, options: { count } },
    signal,
    stopping: never,
    leftMs: () => 60_000,
    ...changes,
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
    async store(_: string, { bytes }: ProcessedPicture) {
      held += bytes.byteLength;
      most = Math.max(most, held);
      for (let waits = 0; waits < 20; waits += 1) await new Promise((next) => setImmediate(next));
      held -= bytes.byteLength;
      return { byteSize: bytes.byteLength } as StoredImage;
    },
    discard: async () => 0,
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
      Array.from({ length: 4 }, () =>
        persistImages(counted, leaseOf(8), { images, isElsewhere: false, log, budget }),
      ),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject({ images: { length: 8 } });
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
  expect(
    await persistImages([image!], leaseOf(1, ended), { images, isElsewhere: false, log, budget }),
  ).toHaveProperty('failure');
  const gone = { read: () => Promise.reject(new Error('gone')) };
  await expect(
    persistImages([gone], leaseOf(1), { images, isElsewhere: false, log, budget }),
  ).rejects.toThrow('gone');
  const refusing = { ...images, store: () => Promise.reject(new AppError('UNREADABLE_IMAGE', 'Damaged')) };
  expect(
    await persistImages([image!], leaseOf(1), { images: refusing, isElsewhere: false, log, budget }),
  ).toHaveProperty('failure');
  expect(
    await persistImages([image!], leaseOf(1), { images, isElsewhere: false, log, budget }),
  ).toMatchObject({
    images: { length: 1 },
  });
});

describe('a picture that ends each process that works on it', () => {
  const ended = new Error('The process of a picture ended: SIGSEGV');
  const [good, bad] = [new Uint8Array([1]), new Uint8Array([2])];
  const generated = [good, bad, good, good].map((bytes) => ({ read: async () => bytes }));
  const discarded: unknown[] = [];
  const images = {
    ...slowImages(),
    prepare: (_: string, bytes: Uint8Array) =>
      bytes === bad ? Promise.reject(ended) : Promise.resolve({ bytes } as ProcessedPicture),
    discard: async (images: unknown[]) => (discarded.push(...images), 0),
  };

  // Turns red where the process's end counts as a bug of the step, which discards the others.
  it('costs only itself, and the log tells why', async () => {
    const logged: unknown[] = [];
    const outcome = await persistImages(generated, leaseOf(4), {
      images,
      isElsewhere: false,
      log: { error: (fields) => logged.push(fields) },
    });
    expect(outcome).toMatchObject({ images: [{ position: 0 }, { position: 1 }, { position: 2 }] });
    expect(discarded).toEqual([]);
    expect(logged).toEqual([{ taskId: 't', error: ended }]);
  });

  /** The same, where the controller aborts while the picture is worked on. */
  const abortedBy = (controller: AbortController) => ({
    ...images,
    prepare: (userId: string, bytes: Uint8Array) => {
      if (bytes === bad) controller.abort();
      return images.prepare(userId, bytes);
    },
  });

  // Turns red where processes that a stopping node ends count as the picture's fault.
  it.each([
    ['the step is ended', false, (signal: AbortSignal) => leaseOf(4, signal)],
    [
      'the node stops, and another can have the pictures',
      true,
      (stopping: AbortSignal) => leaseOf(4, never, { stopping }),
    ],
  ])('is not to blame where %s', async (_, isElsewhere, leaseWith) => {
    const controller = new AbortController();
    const persisting = persistImages(generated, leaseWith(controller.signal), {
      images: abortedBy(controller),
      isElsewhere,
      log,
    });
    await expect(persisting).rejects.toBe(ended);
  });

  // Turns red where a stopping node gives up pictures that exist nowhere else.
  it('fails alone when the node stops and no other node can fetch the images', async () => {
    const stopping = new AbortController();
    const lease = leaseOf(4, never, { stopping: stopping.signal });
    const outcome = await persistImages(generated, lease, {
      images: abortedBy(stopping),
      isElsewhere: false,
      log,
    });
    expect(outcome).toMatchObject({ images: { length: 3 } });
  });
});

// Turns red where a node that stops holds on to pictures that another can have.
it('does not wait for storage where the node stops and another can have the pictures', async () => {
  const stopping = new AbortController();
  const images = {
    ...slowImages(),
    store: () => {
      stopping.abort();
      return Promise.reject(new Error('Storage is away'));
    },
  };
  const generated = [{ read: async () => new Uint8Array([1]) }];
  const lease = leaseOf(1, never, { stopping: stopping.signal });
  const persisting = persistImages(generated, lease, { images, isElsewhere: true, log });
  await expect(persisting).rejects.toThrow('Storage is away');
});
