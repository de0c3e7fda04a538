/** Imports: what is refused before any connection, what is said of a failed fetch, and how many run at a time. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { inwardAddresses, publicAddresses, publicAnswer } from '../../tests/support/inward-addresses.ts';
import { importInwardAddresses, unstored } from '../../tests/support/inward-imports.ts';
import { openScriptedServer, type ScriptedServer } from '../../tests/support/scripted-server.ts';
import { ChunksTooSmall } from '../lib/chunk-limit.ts';
import { createGuardedFetch, type Dialled, type GuardedFetch } from '../lib/guarded-fetch.ts';
import { createImporter } from './importer.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await openScriptedServer();
});
afterAll(() => server.close());

const user = { userId: 'u' };

/** An importer of the scripted server, which stores nothing. */
function importerOf({
  fetch = createGuardedFetch({ allowedOrigins: [server.url] }),
  timeoutMs = 20_000,
} = {}) {
  return createImporter({ images: unstored, fetch, maxUploadBytes: 1_000, timeoutMs });
}

const notPublic =
  'INVALID_INPUT url: Only public http and https addresses can be imported, on their usual ports and without a password.';

describe('an address that is not public', () => {
  it('is refused before any connection, in the same words whatever it leads to', async () => {
    const dialled: Dialled[] = [];
    const outcomes = await importInwardAddresses(async (request) => {
      dialled.push(request);
      return { ...publicAnswer(request.url), body: new Blob([]).stream(), discard() {} };
    });
    expect(inwardAddresses.length).toBeGreaterThan(120);
    expect(new Set(dialled.flatMap(({ addresses }) => addresses))).toEqual(new Set(publicAddresses));
    const { [notPublic]: refused, ...others } = outcomes;
    expect(refused).toHaveLength(inwardAddresses.length - 1);
    expect(others).toEqual({
      'INVALID_INPUT url: An address can have up to 8192 characters.': [expect.any(String)],
    });
  });
});

describe('a fetch that fails', () => {
  it.each([
    [{ status: 404, json: {} }, 'The server of this address answered with status 404.'],
    [{ status: 500, body: 'secret' }, 'The server of this address answered with status 500.'],
    [{ status: 304, body: '' }, 'The server of this address answered with status 304.'],
    [{ drop: true as const }, 'The server of this address could not be reached, or broke off.'],
    [{ cutOff: 'half' }, 'The server of this address could not be reached, or broke off.'],
  ])('is refused in words: %j', async (answer, message) => {
    server.answer(() => answer);
    const imported = importerOf().importFrom(`${server.url}/0.png`, user);
    await expect(imported).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'url', message });
  });

  it.each<[string, (response: ServerResponse) => void]>([
    ['nothing', () => {}],
    ['only a part', (response) => response.write('a')],
  ])('is refused where %s is sent in time', async (_, begin) => {
    const slow = createServer((_request, response) => begin(response)).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    onTestFinished(() => void slow.close());
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}`;
    const fetch = createGuardedFetch({ allowedOrigins: [url] });
    const imported = importerOf({ fetch, timeoutMs: 200 }).importFrom(url, user);
    const message = 'The server of this address did not send the image within 0.2 s.';
    await expect(imported).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'url', message });
  });

  it('is refused where the image comes in tiny chunks', async () => {
    const fetch = () => Promise.reject(new ChunksTooSmall());
    const imported = importerOf({ fetch }).importFrom('https://a.example/', user);
    const message = 'The server of this address sends the image in chunks that are too small.';
    await expect(imported).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'url', message });
  });

  it('is no refusal where the fault is our own', async () => {
    const fault = new TypeError('undefined is not a function');
    const imported = importerOf({ fetch: () => Promise.reject(fault) }).importFrom(
      'https://a.example/',
      user,
    );
    await expect(imported).rejects.toBe(fault);
  });
});

describe('of one user', () => {
  it('four imports run and eight wait, while another user is served', async () => {
    const fetched: string[] = [];
    const fetch: GuardedFetch = (address, { signal }) =>
      new Promise((resolve, reject) => {
        fetched.push(address);
        if (address === 'quick') resolve({ status: 200, bytes: new Uint8Array() });
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    const importer = importerOf({ fetch });
    const callers = Array.from({ length: 12 }, () => new AbortController());
    const imports = callers.map(({ signal }, index) =>
      importer.importFrom(`slow ${index}`, { ...user, signal }),
    );
    const settled = Promise.allSettled(imports);
    await expect(importer.importFrom('one more', user)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      field: 'url',
      figures: { retryAfterSeconds: 20 },
    });
    await importer.importFrom('quick', { userId: 'other' });
    expect(fetched).toEqual(['slow 0', 'slow 1', 'slow 2', 'slow 3', 'quick']);
    callers[5]!.abort();
    callers[0]!.abort();
    await expect(imports[0]).rejects.toMatchObject({ name: 'AbortError' });
    expect(fetched.slice(5)).toEqual(['slow 4']);
    for (const caller of callers) caller.abort();
    expect((await settled).every(({ status }) => status === 'rejected')).toBe(true);
    expect(fetched).not.toContain('slow 5');
  });
});
