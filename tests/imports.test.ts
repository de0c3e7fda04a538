/** `importImage` through the whole product: what is stored, and what is refused. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { type Caller, createCaller, signUp } from './support/api.ts';
import { claimingPng, drawPhoto, drawPicture } from './support/pictures.ts';
import { openScriptedServer, type ScriptedServer } from './support/scripted-server.ts';
import { openSocket } from './support/socket.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

const maxUploadBytes = 20_000;
let app: TestApp;
let caller: Caller;
let origin: string;
/** A server that IMPORT_ORIGINS does not list. */
let elsewhere: ScriptedServer;
let picture: Buffer;
let answers: Record<string, (response: ServerResponse) => unknown>;
const server = createServer((request, response) => {
  const answer = answers[request.url!];
  if (answer) answer(response);
  else response.writeHead(404).end('nothing here');
});

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  [elsewhere] = await Promise.all([openScriptedServer(), once(server, 'listening')]);
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  picture = await (await drawPhoto(160, 120)).jpeg().toBuffer();
  app = await startTestApp({
    IMPORT_ORIGINS: origin,
    MAX_UPLOAD_BYTES: String(maxUploadBytes),
    MAX_STORED_BYTES_PER_USER: String(3 * picture.byteLength),
    OPERATIONS_PER_MINUTE: '300',
  });
  caller = await signUp(app.url);
  const jpeg = await drawPicture({ width: 300, height: 200 }).jpeg().toBuffer();
  const redirect = (location: string) => (response: ServerResponse) =>
    response.writeHead(302, { location }).end();
  answers = {
    '/picture.jpg': (response) => response.end(picture),
    '/1': redirect('/2'),
    '/2': redirect(`${origin}/3`),
    '/3': redirect('/picture.jpg'),
    '/0': redirect('/1'),
    '/elsewhere': redirect(elsewhere.url),
    '/page': (response) => response.end('<html><script>alert(1)</script></html>'),
    '/broken': (response) => response.writeHead(500).end('secret'),
    '/declared': (response) =>
      response.writeHead(200, { 'content-length': maxUploadBytes + 1 }).flushHeaders(),
    '/undeclared': (response) => response.write(Buffer.alloc(maxUploadBytes + 1)),
    '/truncated': (response) => response.end(jpeg.subarray(0, 2_000)),
    '/bomb': (response) => response.end(claimingPng(30_000, 30_000)),
    '/empty': (response) => response.end(),
  };
});
afterAll(async () => {
  await app?.remove();
  server.close();
  server.closeAllConnections();
  await elsewhere?.close();
});

const importImage =
  'mutation ($url: String!) { importImage(url: $url) { image { id source url width height contentType task { id } } } }';
const refusal = (url: string, by = caller) => by.refusal(importImage, { url });

describe('importImage', () => {
  it('stores a copy of the picture at an address, also after three redirects', async () => {
    const importer = await signUp(app.url);
    const ids = [];
    for (const path of ['/picture.jpg', '/1']) {
      const { importImage: imported } = await importer.ask<{
        importImage: { image: { id: string; url: string } };
      }>(importImage, { url: `${origin}${path}` });
      expect(imported.image).toMatchObject({ source: 'IMPORT', width: 160, height: 120, task: null });
      const stored = await fetch(imported.image.url);
      expect(stored.headers.get('content-type')).toBe('image/jpeg');
      ids.unshift(imported.image.id);
    }
    const uploaded = (await importer.upload(picture)).data!.uploadImage.image.id;

    const list = async (source: string) => {
      const { viewer } = await importer.ask<{
        viewer: { images: { totalCount: number; nodes: { id: string; source: string }[] } };
      }>(`{ viewer { images(filter: { source: ${source} }) { totalCount nodes { id source } } } }`);
      return viewer.images;
    };
    expect(await list('IMPORT')).toEqual({
      totalCount: 2,
      nodes: ids.map((id) => ({ id, source: 'IMPORT' })),
    });
    expect(await list('UPLOAD')).toEqual({ totalCount: 1, nodes: [{ id: uploaded, source: 'UPLOAD' }] });
  });

  it.each([
    ['/nowhere', 'INVALID_INPUT url'],
    ['/broken', 'INVALID_INPUT url'],
    ['/0', 'INVALID_INPUT url'],
    ['/page', 'UNSUPPORTED_MEDIA_TYPE url'],
    ['/empty', 'UNSUPPORTED_MEDIA_TYPE url'],
    ['/declared', 'UPLOAD_TOO_LARGE url'],
    ['/undeclared', 'UPLOAD_TOO_LARGE url'],
    ['/bomb', 'UPLOAD_TOO_LARGE url'],
    ['/truncated', 'UNREADABLE_IMAGE url'],
  ])('refuses %s with %s', async (path, code) => {
    expect(await refusal(`${origin}${path}`)).toBe(code);
  });

  it('connects to no other address of the machine, at once or by a redirect', async () => {
    const localhost = elsewhere.url.replace('127.0.0.1', 'localhost');
    for (const url of [
      elsewhere.url,
      localhost,
      `${origin}/elsewhere`,
      origin.replace('127.0.0.1', '127.2'),
    ]) {
      const { errors } = await caller.post(importImage, { url });
      expect(errors).toMatchObject([
        {
          message: expect.stringMatching(/^Only public/),
          extensions: { code: 'INVALID_INPUT', field: 'url' },
        },
      ]);
      expect(errors![0]!.message).not.toMatch(/127|localhost/);
    }
    expect(elsewhere.requests).toEqual([]);
  });

  it('needs a signed-in user', async () => {
    expect(await createCaller(app.url).refusal(importImage, { url: `${origin}/picture.jpg` })).toBe(
      'UNAUTHENTICATED',
    );
  });

  /** Sends the import; the function that it returns leaves. */
  const clients: Record<string, (url: string) => () => unknown> = {
    'a request': (url) => {
      const client = new AbortController();
      void fetch(`${app.url}/graphql`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', authorization: `Bearer ${caller.token}` },
        body: JSON.stringify({ query: importImage, variables: { url } }),
        signal: client.signal,
      }).catch(() => {});
      return () => client.abort();
    },
    'an operation of a socket': (url) => {
      const init = { authorization: `Bearer ${caller.token}` };
      const opened = openSocket(app.url, { init }).then((socket) => {
        socket.send({ id: '1', type: 'subscribe', payload: { query: importImage, variables: { url } } });
        onTestFinished(() => socket.close());
        return socket;
      });
      return async () => (await opened).send({ id: '1', type: 'complete' });
    },
    'a socket': (url) => {
      const { results, close } = caller.subscribe(importImage, { url });
      void results.next().catch(() => {});
      return close;
    },
  };
  it.each(
    Object.entries(clients).flatMap(([name, send]) => [
      ['before', name, send, () => {}] as const,
      ['during', name, send, (response: ServerResponse) => void response.write('a')] as const,
    ]),
  )(
    'ends the fetch when the client leaves, %s the response, over %s',
    async (_when, _name, send, begin) => {
      const asked = Promise.withResolvers<ServerResponse>();
      answers['/hanging'] = (response) => {
        begin(response);
        asked.resolve(response);
      };
      const leave = send(`${origin}/hanging`);
      const closed = once(await asked.promise, 'close');
      await leave();
      await closed;
      // Less than the 20 s after which a fetch times out.
    },
    15_000,
  );

  it('stops where the user has stored as much as allowed', async () => {
    const collector = await signUp(app.url);
    const url = `${origin}/picture.jpg`;
    const outcomes = [];
    for (let count = 0; count < 10; count += 1) outcomes.push(await refusal(url, collector));
    expect(outcomes.slice(0, 3)).toEqual(['', '', '']);
    expect(outcomes.at(-1)).toBe('STORAGE_FULL url');
    const { viewer } = await collector.ask<{
      viewer: { storage: { usedBytes: number; limitBytes: number } };
    }>('{ viewer { storage { usedBytes limitBytes } } }');
    expect(viewer.storage.usedBytes).toBeLessThanOrEqual(viewer.storage.limitBytes);
  });

  it('counts 13 operations, as an upload does', async () => {
    const eager = await signUp(app.url);
    const four = [0, 1, 2, 3].map((n) => `m${n}: importImage(url: "") { image { id } }`).join(' ');
    for (let sent = 0; sent < 6; sent += 1)
      expect(await eager.refusal(`mutation { ${four} }`)).toMatch(/^INVALID_INPUT url/);
    expect(await eager.refusal(`mutation { ${four} }`)).toBe('RATE_LIMITED');
  });
});
