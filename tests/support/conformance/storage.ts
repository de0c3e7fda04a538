import { createHash, randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ImageStorage, InvalidKey, ObjectNotFound } from '../../../server/storage/storage.ts';

export interface StorageUnderTest {
  storage: ImageStorage;
  close(): Promise<void>;
}

const halfHourMs = 30 * 60 * 1000;
const png = { contentType: 'image/png' };

const oddKeys = [
  '',
  '.',
  '..',
  '../x',
  'a/../../b',
  'a/./b',
  'a//b',
  '/etc/passwd',
  'a/',
  'a\0.png',
  'a\\b',
  'a b',
  'a.',
  'a..png',
  'a.tar.gz',
  'Upper.png',
  'a%2fb',
  '%2e%2e/x',
  '.incoming/x',
  'a\n',
  'é.png',
  'a'.repeat(201),
];

/**
 * What every storage must do. `create` makes an empty one that reads the time from `clock` and whose addresses can be
 * fetched while it is open.
 */
export function describeStorage(
  name: string,
  create: (options: { clock: () => number }) => Promise<StorageUnderTest>,
): void {
  describe(name, () => {
    // The start of this window: addresses made then are valid now, and for half an hour at least.
    const windowStartMs = Math.floor(Date.now() / halfHourMs) * halfHourMs;
    let nowMs = windowStartMs;
    let opened: StorageUnderTest;
    let storage: ImageStorage;

    beforeAll(async () => {
      opened = await create({ clock: () => nowMs });
      storage = opened.storage;
    });
    afterAll(() => opened.close());

    it('lists what is stored below a folder, and what is deleted no more', async () => {
      await storage.put('listed/one.png', randomBytes(10), png);
      await storage.put('listed/two.png', randomBytes(10), png);
      await storage.put('listed/in/three.png', randomBytes(10), png);
      await storage.put('listed-not/four.png', randomBytes(10), png);
      await storage.put('listed', randomBytes(10), png);
      await storage.delete('listed/two.png');
      const listed = [];
      for await (const object of storage.list('listed')) listed.push(object);
      expect(listed.map(({ key }) => key).toSorted()).toEqual(['listed/in/three.png', 'listed/one.png']);
      for (const { storedAt } of listed)
        expect(Math.abs(Date.now() - storedAt.getTime())).toBeLessThan(60_000);
    });

    it('lists nothing below a folder that is not there', async () => {
      const listed = [];
      for await (const object of storage.list('no/such')) listed.push(object);
      expect(listed).toEqual([]);
    });

    it.each([
      ['no bytes', 0],
      ['a few bytes', 300],
      ['6 MB', 6_000_000],
    ])('gives back exactly what was put: %s', async (_, length) => {
      const bytes = randomBytes(length);
      await storage.put(`images/of-${length}.png`, bytes, png);
      expect(digest(await storage.get(`images/of-${length}.png`))).toBe(digest(bytes));
    });

    it('gives back bytes that are no text', async () => {
      const bytes = Uint8Array.from({ length: 256 }, (_, index) => 255 - index);
      await storage.put('binary', bytes, png);
      expect([...(await storage.get('binary'))]).toEqual([...bytes]);
    });

    it('replaces what was there', async () => {
      await storage.put('replaced.png', Buffer.from('a longer first one'), png);
      await storage.put('replaced.png', Buffer.from('second'), png);
      expect(Buffer.from(await storage.get('replaced.png')).toString()).toBe('second');
    });

    it('keeps a key apart from the keys below it', async () => {
      await storage.put('nested/a/b.png', Buffer.from('inner'), png);
      await storage.put('nested/a', Buffer.from('outer'), png);
      expect(Buffer.from(await storage.get('nested/a')).toString()).toBe('outer');
      expect(Buffer.from(await storage.get('nested/a/b.png')).toString()).toBe('inner');
    });

    it('says ObjectNotFound where nothing is', async () => {
      await expect(storage.get('no/such.png')).rejects.toThrow(ObjectNotFound);
      await expect(storage.get('no')).rejects.toThrow(ObjectNotFound);
    });

    it('deletes, once or again', async () => {
      await storage.put('deleted.png', Buffer.from('x'), png);
      await storage.delete('deleted.png');
      await expect(storage.get('deleted.png')).rejects.toThrow(ObjectNotFound);
      await storage.delete('deleted.png');
      await storage.delete('never/was.png');
    });

    it.each(oddKeys)('refuses the key %j', async (key) => {
      await expect(storage.put(key, Buffer.from('x'), png)).rejects.toThrow(InvalidKey);
      await expect(storage.get(key)).rejects.toThrow(InvalidKey);
      await expect(storage.delete(key)).rejects.toThrow(InvalidKey);
      await expect(async () => storage.url(key)).rejects.toThrow(InvalidKey);
      await expect(storage.list(key)[Symbol.asyncIterator]().next()).rejects.toThrow(InvalidKey);
    });

    it('shows a reader the old bytes or the new ones, never a half', async () => {
      const versions = [1, 2].map((fill) => Buffer.alloc(512 * 1024, fill));
      const put = (version: number) => storage.put('busy.png', versions[version % 2]!, png);
      await put(0);
      const torn: number[] = [];
      let done = false;
      const reading = (async () => {
        while (!done) {
          const bytes = await storage.get('busy.png');
          if (!versions.some((version) => version.equals(bytes))) torn.push(bytes.length);
        }
      })();
      for (let version = 1; version <= 25; version++) await put(version);
      await Promise.all([put(0), put(1), put(0)]);
      done = true;
      await reading;
      expect(torn).toEqual([]);
    });

    it('gives an address that anyone may fetch', async () => {
      const bytes = randomBytes(1000);
      await storage.put('images/shown.png', bytes, png);
      const response = await fetch(await storage.url('images/shown.png'));
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('image/png');
      expect(response.headers.get('content-disposition')).toBeNull();
      expect(response.headers.get('cache-control')).toMatch(/^private, max-age=\d{4}, immutable$/);
      expect(digest(await response.bytes())).toBe(digest(bytes));
    });

    it('gives an address that fetches nothing once the object is deleted', async () => {
      await storage.put('images/gone.png', Buffer.from('x'), png);
      const url = await storage.url('images/gone.png');
      await storage.delete('images/gone.png');
      expect((await fetch(url)).status).toBe(404);
    });

    it('gives an address that fetches nothing else, nothing longer, and nothing by another method', async () => {
      await storage.put('images/mine.png', Buffer.from('mine'), png);
      await storage.put('images/yours.png', Buffer.from('yours'), png);
      const url = await storage.url('images/mine.png');
      nowMs = windowStartMs - 2 * halfHourMs;
      const expired = await storage.url('images/mine.png');
      nowMs = windowStartMs;
      const changed = [...new URL(url).searchParams].map(([name, value]) => {
        const address = new URL(url);
        const last = value.at(-1) === '1' ? '2' : '1';
        address.searchParams.set(name, value.slice(0, -1) + last);
        return address.href;
      });
      const unsigned = url.slice(0, url.indexOf('?'));
      const refused = [url.replace('mine', 'yours'), expired, unsigned, ...changed];
      const statuses = await Promise.all(refused.map(async (address) => (await fetch(address)).status));
      expect(statuses.filter((status) => status < 400)).toEqual([]);
      expect((await fetch(url, { method: 'DELETE' })).status).toBeGreaterThanOrEqual(400);
      expect(await (await fetch(url)).text()).toBe('mine');
    });

    it('gives the same address within a window and another one after', async () => {
      const address = () => storage.url('images/shown.png');
      const first = await address();
      nowMs = windowStartMs + halfHourMs - 1;
      const late = await address();
      nowMs = windowStartMs + halfHourMs;
      const next = await address();
      nowMs = windowStartMs;
      expect(late).toBe(first);
      expect(next).not.toBe(first);
    });

    it('opens an object for a reader, with its size and a tag that changes with it', async () => {
      const bytes = randomBytes(3_000_000);
      await storage.put('images/opened.png', bytes, png);
      const opened = await storage.open('images/opened.png');
      expect(opened.byteSize).toBe(bytes.length);
      expect(digest(await buffer(opened.bytes))).toBe(digest(bytes));
      const again = await storage.open('images/opened.png');
      again.bytes.destroy();
      expect(again.etag).toBe(opened.etag);
      expect(opened.etag).toMatch(/^"[^"]+"$/);
      await storage.put('images/opened.png', randomBytes(10), png);
      const replaced = await storage.open('images/opened.png');
      replaced.bytes.destroy();
      expect(replaced.etag).not.toBe(opened.etag);
      await expect(storage.open('images/none.png')).rejects.toThrow(ObjectNotFound);
      await expect(storage.open('../x')).rejects.toThrow(InvalidKey);
    });

    it('is ready for use', async () => {
      await storage.check();
    });
  });
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
