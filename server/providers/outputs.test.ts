import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChunksTooSmall } from '../lib/chunk-limit.ts';
import { createGuardedFetch } from '../lib/guarded-fetch.ts';
import { readOutputs } from './outputs.ts';
import {
  closedAddress,
  openScriptedServer,
  type ScriptedAnswer,
  type ScriptedServer,
} from '../../tests/support/scripted-server.ts';

const signal = new AbortController().signal;
const fetch = createGuardedFetch();

describe('readOutputs', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await openScriptedServer();
    server.answer(({ path }) => ({ body: `bytes of ${path}` }));
  });
  afterAll(() => server.close());

  /** The scripted servers, which lie on loopback. */
  let allowed = () => [server.url];
  const read = async (output: unknown, options: { maxBytes?: number; timeoutMs?: number } = {}) => {
    const allowedOrigins = allowed().map((url) => new URL(url).origin);
    const images = readOutputs(output, {
      fetch: createGuardedFetch({ allowedOrigins }),
      backoffMs: 1,
      ...options,
    });
    return Promise.all(images.map(async (image) => Buffer.from(await image.read({ signal })).toString()));
  };

  it.each<[string, (url: string) => unknown, number]>([
    ['a string', (url) => `${url}/0`, 1],
    ['a list', (url) => [`${url}/0`, `${url}/1`], 2],
    ['an object with url', (url) => ({ url: `${url}/0` }), 1],
    ['an object with uri', (url) => ({ uri: `${url}/0` }), 1],
    ['an object with image', (url) => ({ image: `${url}/0` }), 1],
    ['an object with src', (url) => ({ src: `${url}/0` }), 1],
    ['an object with imageUrl', (url) => ({ imageUrl: { url: `${url}/0` } }), 1],
    ['a list under output', (url) => ({ output: [{ url: `${url}/0` }, { url: `${url}/1` }] }), 2],
    ['a list under images', (url) => ({ images: [`${url}/0`, { image: { url: `${url}/1` } }] }), 2],
    ['a list under data', (url) => ({ seed: 7, data: [{ url: `${url}/0`, image: `${url}/0` }] }), 1],
    ['a list with other things in it', (url) => [null, 7, 'done', {}, `${url}/0`], 1],
    ['a list with nulls in it', (url) => [`${url}/0`, null, `${url}/1`, null], 2],
    ['an object with result', (url) => ({ result: `${url}/0` }), 1],
    ['an object with image_url', (url) => ({ image_url: { url: `${url}/0` } }), 1],
    ['a list under image_urls', (url) => ({ image_urls: [`${url}/0`, `${url}/1`] }), 2],
    [
      'a name never seen before',
      (url) => ({ seed: 7, note: 'Note: done', renders: [{ full: `${url}/0` }] }),
      1,
    ],
    ['the usual name before others', (url) => ({ thumb: `${url}/9`, image: `${url}/0` }), 1],
  ])('finds the pictures of %s', async (_, output, count) => {
    expect(await read(output(server.url))).toEqual(['bytes of /0', 'bytes of /1'].slice(0, count));
  });

  it.each([
    [null],
    [7],
    ['Here it is'],
    ['Note: done'],
    ['a'.repeat(40)],
    [[]],
    [{}],
    [{ url: null }],
    [[['']]],
  ])('finds none in %j', (output) => {
    expect(readOutputs(output, { fetch })).toEqual([]);
  });

  it('finds none in what never ends', () => {
    const endless: { output?: unknown } = {};
    endless.output = endless;
    expect(readOutputs(endless, { fetch })).toEqual([]);
  });

  it.each([
    ['data:image/png;base64,d2FudGVk'],
    ['data:image/png;name=a;base64,d2FudGVk'],
    ['data:image/png,w%61nted'],
    [' DATA:image/png;BASE64,d2FudGVk'],
  ])('decodes %s', async (uri) => {
    expect(await read(uri)).toEqual(['wanted']);
  });

  const long = Buffer.from('wanted, and long enough to be no word of a sentence');
  it.each<[string, unknown]>([
    ['bare', long.toString('base64')],
    ['under b64_json', { data: [{ b64_json: long.toString('base64') }] }],
    ['in lines', long.toString('base64').replace(/.{66}/, '$&\n')],
    ['of an unknown kind', `data:application/octet-stream;base64,${long.toString('base64')}`],
  ])('decodes base64 %s', async (_, output) => {
    expect(await read(output)).toEqual([long.toString()]);
  });

  it.each([
    ['data:image/png;base64,'],
    ['data:image/png'],
    ['ftp://out.example/0.png'],
    ['file:///etc/hostname'],
  ])('takes %s for a bad answer', async (uri) => {
    await expect(read(uri)).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
  });

  describe('downloads', () => {
    let asked: ScriptedServer;
    beforeAll(async () => {
      asked = await openScriptedServer();
      allowed = () => [server.url, asked.url];
    });
    afterAll(() => asked.close());
    const download = (answers: ScriptedAnswer[], options: { maxBytes?: number; timeoutMs?: number } = {}) => {
      const left = [...answers];
      asked.answer(() => left.shift() ?? { status: 500, json: {} });
      return read(`${asked.url}/0.png?secret=1`, options);
    };

    it('along redirects', async () => {
      const redirect = { status: 302, headers: { location: `${server.url}/moved` }, body: '' };
      expect(await download([redirect])).toEqual(['bytes of /moved']);
    });

    it.each([[403], [410]])('nothing where %i says that it is gone, and asks once', async (status) => {
      await expect(download([{ status, json: {} }])).rejects.toMatchObject({ code: 'OUTPUT_EXPIRED' });
      expect(asked.requests).toHaveLength(1);
    });

    it('what a delivery host did not have when it was asked first', async () => {
      expect(await download([{ status: 404, json: {} }, { body: 'wanted' }])).toEqual(['wanted']);
    });

    it('nothing where it is missing twice', async () => {
      const missing = { status: 404, json: {} };
      const asking = download([missing, missing]);
      await expect(asking).rejects.toMatchObject({ code: 'OUTPUT_EXPIRED' });
      expect(asked.requests).toHaveLength(2);
    });

    it('nothing from an address that is not public, nor by a redirect to one', async () => {
      const location = `http://localhost:${new URL(server.url).port}/0.png`;
      await expect(read(location)).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
      const redirect = { status: 302, headers: { location }, body: '' };
      const calls = server.requests.length;
      await expect(download([redirect])).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
      expect(server.requests).toHaveLength(calls);
    });

    it('nothing where it is refused otherwise, and asks once', async () => {
      await expect(download([{ status: 400, json: {} }])).rejects.toMatchObject({
        code: 'PROVIDER_BAD_RESPONSE',
      });
      expect(asked.requests).toHaveLength(1);
    });

    it('again after server errors, dropped connections and downloads cut off', async () => {
      const answers = [
        { status: 503, json: {} },
        { drop: true as const },
        { cutOff: 'half' },
        { body: 'wanted' },
      ];
      expect(await download(answers)).toEqual(['wanted']);
      expect(asked.requests).toHaveLength(4);
    });

    it('three times more at most, and names no address when it gives up', async () => {
      const error: unknown = await download([]).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
      expect(asked.requests).toHaveLength(4);
      const { message, stack, cause } = error as Error;
      expect(`${message} ${stack} ${String(cause)}`).not.toContain('secret=1');
    });

    it('nothing from a host that does not answer', async () => {
      const closed = await closedAddress();
      allowed = () => [server.url, asked.url, closed];
      await expect(read(closed)).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    });

    it('no more than the largest size', async () => {
      expect(await download([{ body: 'x'.repeat(100) }], { maxBytes: 100 })).toEqual(['x'.repeat(100)]);
      const tooLong = download([{ body: 'x'.repeat(101) }], { maxBytes: 100 });
      await expect(tooLong).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
      expect(asked.requests).toHaveLength(1);
    });

    it('nothing in chunks that are too small, and asks once', async () => {
      let calls = 0;
      const fetch = async () => {
        calls += 1;
        throw new ChunksTooSmall('');
      };
      const [image] = readOutputs(`${asked.url}/0.png`, { fetch, backoffMs: 1 });
      await expect(image!.read({ signal })).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
      expect(calls).toBe(1);
    });

    it('no empty picture', async () => {
      await expect(download([{ body: '' }])).rejects.toMatchObject({ code: 'PROVIDER_BAD_RESPONSE' });
    });

    it('no longer than its time', async () => {
      const slow = download([{ hang: true }], { timeoutMs: 200 });
      await expect(slow).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
      expect(asked.requests).toHaveLength(1);
    });

    it('no longer than its caller stays', async () => {
      asked.answer(() => ({ hang: true }));
      const caller = new AbortController();
      const [image] = readOutputs(`${asked.url}/0.png`, {
        fetch: createGuardedFetch({ allowedOrigins: [asked.url] }),
      });
      const reading = image?.read({ signal: caller.signal });
      await asked.received(1);
      caller.abort();
      await expect(reading).rejects.toMatchObject({ code: 'PROVIDER_UNAVAILABLE' });
    });
  });
});
