/** Files of requests on disk: written with back pressure, and removed with the response. */
import { existsSync } from 'node:fs';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request as send, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { removeAbandonedFiles, type SpooledFile } from '../lib/spooled-file.ts';
import { type BodyLimit, readMultipartForm } from './multipart-form.ts';

const limits = { parts: 12, fields: 12, files: 10, fieldNameSize: 100, fieldSize: 1_000 };
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-'));
  vi.stubEnv('TMPDIR', folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

interface Outcome {
  result: Awaited<ReturnType<typeof readMultipartForm>> | Error;
  response: ServerResponse;
}

/** Sends the parts of a body, and ends it where `isWhole`. @returns what the server reads */
async function read(
  parts: (string | Buffer)[],
  {
    isWhole = true,
    bodyLimit,
    before = async () => {},
  }: {
    isWhole?: boolean;
    bodyLimit?: BodyLimit;
    /** Before the body is read. */
    before?: (request: IncomingMessage) => Promise<unknown>;
  } = {},
) {
  const outcome = Promise.withResolvers<Outcome>();
  const server = createServer((request: IncomingMessage, response) => {
    before(request)
      .then(() => readMultipartForm({ request, response }, { limits, bodyLimit }))
      .then(
        (result) => outcome.resolve({ result, response }),
        (result: Error) => outcome.resolve({ result, response }),
      );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const headers = { 'content-type': 'multipart/form-data; boundary=x' };
  const client = send({ port, host: '127.0.0.1', method: 'POST', headers }).on('error', () => {});
  for (const part of parts) client.write(part);
  if (isWhole) client.end();
  return {
    outcome: outcome.promise,
    client,
    async stop() {
      client.destroy();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const head = '--x\r\nContent-Disposition: form-data; name="0"; filename="a"\r\n\r\n';
const end = '\r\n--x--\r\n';

describe('a multipart form', () => {
  it('has its file on disk until the response is closed', async () => {
    const bytes = Buffer.alloc(3_000_000, 'abc');
    const { outcome, stop } = await read([head, bytes, end]);
    const { result, response } = await outcome;
    const file = (result as ReadonlyMap<string, SpooledFile>).get('0')!;
    expect(file.size).toBe(bytes.length);
    expect(bytes.equals(Buffer.from(await file.arrayBuffer()))).toBe(true);
    expect(await readdir(folder)).toEqual([path.basename(file.path)]);
    response.end();
    await expect.poll(() => existsSync(file.path)).toBe(false);
    await stop();
  });

  it('leaves no file where the client breaks off', async () => {
    const { outcome, client, stop } = await read([head, Buffer.alloc(300_000)], { isWhole: false });
    await expect.poll(() => readdir(folder)).toHaveLength(1);
    client.destroy();
    expect((await outcome).result).toBeInstanceOf(Error);
    expect(await readdir(folder)).toEqual([]);
    await stop();
  });

  it('is refused where the client has sent all of it and left before it is read', async () => {
    const arrived = Promise.withResolvers<void>();
    const before = async (request: IncomingMessage) => {
      await expect.poll(() => request.complete).toBe(true);
      // `once` of `node:events` would end with the error.
      const closed = new Promise((resolve) => request.once('close', resolve));
      arrived.resolve();
      await closed;
    };
    const { outcome, client, stop } = await read([head, 'abc', end], { before });
    await arrived.promise;
    client.destroy();
    expect((await outcome).result).toBeInstanceOf(Error);
    await stop();
  });

  it('is refused at the limit of a body without a length, before its end', async () => {
    const refusal = new Error('too long');
    const bodyLimit = { maxBytes: 100_000, refusal: () => refusal };
    const { outcome, stop } = await read([head, Buffer.alloc(300_000)], { isWhole: false, bodyLimit });
    expect((await outcome).result).toBe(refusal);
    expect(await readdir(folder)).toEqual([]);
    await stop();
  });
});

it('removes the files that a killed process left, and those of no running request', async () => {
  const [old, recent, other] = ['proofsheet-upload-a', 'proofsheet-upload-b', 'c'].map((name) =>
    path.join(folder, name),
  );
  for (const file of [old!, recent!, other!]) await writeFile(file, '');
  const yesterday = new Date(Date.now() - 86_400_000);
  for (const file of [old!, other!]) await utimes(file, yesterday, yesterday);
  expect(await removeAbandonedFiles()).toBe(1);
  expect(await readdir(folder)).toEqual(['c', 'proofsheet-upload-b']);
});
