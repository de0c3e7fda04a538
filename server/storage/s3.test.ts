import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { describeStorage } from '../../tests/support/conformance/storage.ts';
import { createS3Storage } from './s3.ts';
import { ObjectNotFound } from './storage.ts';
import { startS3Server } from '../../tests/support/storage/s3-server.ts';

const bucket = 'pictures';
const region = 'eu-central-1';
const keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

describeStorage('the S3 storage', async ({ clock }) => {
  const { access, close } = await startS3Server();
  return { storage: createS3Storage({ ...access, clock }), close };
});

describe('the addresses of the S3 storage', () => {
  const clock = () => Date.UTC(2026, 0, 1, 12, 29, 59);

  it('are signed as of the start of the window and end with the next one', async () => {
    const endpoint = 'https://store.example';
    const url = new URL(
      await createS3Storage({ bucket, endpoint, region, ...keys, clock }).url('images/a.png'),
    );
    expect(url.origin + url.pathname).toBe('https://store.example/pictures/images/a.png');
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'S3RVER/20260101/eu-central-1/s3/aws4_request',
      'X-Amz-Date': '20260101T120000Z',
      'X-Amz-Expires': '3600',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': expect.stringMatching(/^[0-9a-f]{64}$/),
      'response-cache-control': 'private, max-age=1800, immutable',
    });
  });

  it('ask for nothing that only newer stores know', async () => {
    const storage = createS3Storage({ bucket, endpoint: 'https://store.example', region, ...keys, clock });
    expect(await storage.url('images/a.png')).not.toContain('checksum');
  });

  it('lead to the bucket at AWS where no endpoint is set', async () => {
    const url = new URL(await createS3Storage({ bucket, region, ...keys, clock }).url('images/a.png'));
    expect(url.origin + url.pathname).toBe('https://pictures.s3.eu-central-1.amazonaws.com/images/a.png');
  });
});

describe('the S3 storage in trouble', () => {
  const listen = async (server: Server): Promise<string> => {
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const create = (endpoint: string, timeoutMs = 10_000) =>
    createS3Storage({ bucket, endpoint, region, ...keys, timeoutMs });

  it('tells a missing bucket from a missing object', async () => {
    const { access, close } = await startS3Server();
    const storage = createS3Storage({ ...access, bucket: 'no-such-bucket' });
    await expect(storage.check()).rejects.toMatchObject({ name: 'NoSuchBucket' });
    const failure = await storage.get('a.png').catch((error: unknown) => error);
    await close();
    expect(failure).toMatchObject({ name: 'NoSuchBucket' });
    expect(failure).not.toBeInstanceOf(ObjectNotFound);
  });

  it('fails its check with keys that are not right', async () => {
    const { access, close } = await startS3Server();
    const failure = await createS3Storage({ ...access, secretAccessKey: 'wrong' })
      .check()
      .catch((error: unknown) => error);
    await close();
    expect(failure).toMatchObject({ name: 'SignatureDoesNotMatch' });
  });

  it('fails its check where nothing listens', async () => {
    const server = createServer();
    const endpoint = await listen(server);
    await new Promise((closed) => server.close(closed));
    await expect(create(endpoint).check()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each<[string, Server]>([
    ['does not answer', createServer(() => {})],
    [
      'stops half-way',
      createServer((_, response) => void response.writeHead(200, { 'Content-Length': '9' }).write('half')),
    ],
  ])('gives up on a store that %s', async (_, server) => {
    const endpoint = await listen(server);
    await expect(create(endpoint, 100).get('a.png')).rejects.toThrow();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  it('sends and asks for bytes without the checksums that compatible stores mistake', async () => {
    const seen: string[] = [];
    const server = createServer(({ headers, method }, response) => {
      seen.push(`${method} ${Object.keys(headers).join(' ')} ${headers['content-encoding']}`);
      response.writeHead(200).end();
    });
    const endpoint = await listen(server);
    await create(endpoint).check();
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    expect(seen.map((request) => request.split(' ')[0])).toEqual(['PUT', 'GET']);
    expect(seen.join()).not.toMatch(/checksum|trailer|aws-chunked/);
  });

  it('tries again where the store is busy', async () => {
    let asked = 0;
    const server = createServer((_, response) => {
      asked++;
      if (asked === 1) response.writeHead(503).end();
      else response.writeHead(200).end('bytes');
    });
    const endpoint = await listen(server);
    const bytes = await create(endpoint).get('a.png');
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
    expect(Buffer.from(bytes).toString()).toBe('bytes');
    expect(asked).toBe(2);
  });
});
