/** Pictures in a bucket: shown from there, and downloaded through the server, so that the bucket needs no CORS rules. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type S3Server, startS3Server } from './support/storage/s3-server.ts';
import { type Caller, follow, generate, signUp, type TaskData } from './support/api.ts';
import { share } from './support/share-links.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let bucket: S3Server;
let app: TestApp;
let caller: Caller;
let image: TaskData['images'][number];

beforeAll(async () => {
  bucket = await startS3Server();
  const { access } = bucket;
  app = await startTestApp({
    S3_BUCKET: access.bucket,
    S3_PREFIX: 'proofs/test',
    S3_ENDPOINT: access.endpoint,
    S3_REGION: access.region,
    S3_ACCESS_KEY_ID: access.accessKeyId,
    S3_SECRET_ACCESS_KEY: access.secretAccessKey,
  });
  caller = await signUp(app.url);
  image = (await follow(caller, (await generate(caller)).id)).at(-1)!.images[0]!;
});
afterAll(async () => {
  await app?.remove();
  await bucket?.close();
});

it('stores under the prefix of the installation', () => {
  const keys = bucket.keys().filter((key) => key !== 'check/readiness');
  expect(keys.map((key) => key.replace(/[0-9a-f-]{36}/, '…')).toSorted()).toEqual([
    expect.stringMatching(/^proofs\/test\/images\/…\.\w+$/),
    'proofs/test/installation/…',
    'proofs/test/thumbnails/….webp',
  ]);
});

it('shows a picture from the bucket, and downloads the same bytes through the server', async () => {
  expect(new URL(image.url).origin).toBe(bucket.access.endpoint);
  expect(new URL(image.downloadUrl).origin).toBe(new URL(app.url).origin);
  const [shown, downloaded] = await Promise.all([fetch(image.url), fetch(image.downloadUrl)]);
  expect(downloaded.status).toBe(200);
  expect(downloaded.headers.get('content-type')).toBe(image.contentType);
  expect(downloaded.headers.get('content-disposition')).toMatch(/^attachment; filename="proofsheet-/);
  expect(Buffer.from(await downloaded.bytes()).equals(await shown.bytes())).toBe(true);
  const head = await fetch(image.downloadUrl, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([
    200,
    downloaded.headers.get('content-length'),
  ]);
  const known = { 'If-None-Match': downloaded.headers.get('etag')! };
  expect((await fetch(image.downloadUrl, { headers: known })).status).toBe(304);
});

it('opens by a download link its own object only', async () => {
  for (const other of bucket.keys()) {
    const url = new URL(image.downloadUrl);
    if (url.pathname === `/files/${other}`) continue;
    url.pathname = `/files/${other}`;
    expect((await fetch(url)).status).toBe(403);
  }
});

it('lets the page send requests to its own origin only, and show pictures of the bucket', async () => {
  const policy = (await fetch(`${app.url}/`)).headers.get('content-security-policy') ?? '';
  const directives = Object.fromEntries(
    policy.split('; ').map((directive) => {
      const [name, ...sources] = directive.split(' ');
      return [name, sources];
    }),
  );
  expect(directives['connect-src']).toEqual(["'self'"]);
  expect(directives['img-src']).toContain(bucket.access.endpoint);
});

it('answers 404 for a download whose picture has been deleted', async () => {
  const task = (await follow(caller, (await generate(caller)).id)).at(-1)!;
  await caller.ask('mutation ($id: ID!) { deleteTask(id: $id) { deletedId } }', { id: task.id });
  expect((await fetch(task.images[0]!.downloadUrl)).status).toBe(404);
});

it('shows a shared picture through the server, by no address of the bucket', async () => {
  const { node } = await caller.ask<{ node: { task: { id: string } } }>(
    'query ($id: ID!) { node(id: $id) { ... on Image { task { id } } } }',
    { id: image.id },
  );
  const { url } = await share(caller, { task: node.task.id });
  const answer = await fetch(`${url}/0`, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
  expect(Buffer.from(await answer.bytes()).equals(await (await fetch(image.url)).bytes())).toBe(true);
  expect(await (await fetch(url)).text()).not.toContain(bucket.access.endpoint);
});
