/** s3rver in the test's process, with its objects in memory; it does not check signatures, so that is done here. */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { findSignatureFault } from './s3-signatures.ts';

/** The part of s3rver 3.7.1 that is used here; it has no types of its own. */
type S3rver = new (options: object) => {
  store: object;
  /** Of Koa: called in order. */
  middleware: ((context: KoaContext, next: () => Promise<void>) => unknown)[];
  run(): Promise<AddressInfo>;
  close(): Promise<void>;
};
interface KoaContext {
  req: IncomingMessage;
  status: number;
  type: string;
  body: string;
}
interface StoredObject {
  key: string;
  content: Readable;
  metadata: Record<string, string>;
}

const s3rver = createRequire(import.meta.url)('s3rver') as S3rver;
const region = 'eu-central-1';
const keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };

/** A store with one empty bucket, at the port. */
export interface S3Server {
  port: number;
  /** What a client needs to reach it. */
  access: { bucket: string; endpoint: string; region: string; accessKeyId: string; secretAccessKey: string };
  /** What is stored, in no order. */
  keys(): string[];
  /** Stores an object without a request, under any key. */
  add(key: string): void;
  close(): Promise<void>;
}

export async function startS3Server(): Promise<S3Server> {
  const bucket = 'pictures';
  const directory = await mkdtemp(path.join(tmpdir(), 'proofsheet-s3-'));
  const server = new s3rver({
    address: '127.0.0.1',
    port: 0,
    silent: true,
    directory,
    vhostBuckets: false,
    configureBuckets: [{ name: bucket }],
  });
  server.middleware.unshift((context, next) => {
    const fault = findSignatureFault(context.req, keys.secretAccessKey, Date.now());
    if (!fault) return next();
    const body = `<?xml version="1.0"?><Error><Code>${fault}</Code></Error>`;
    return Object.assign(context, { status: 403, type: 'application/xml', body });
  });
  const objects = new Map<string, { bytes: Buffer; metadata: Record<string, string>; storedAt: Date }>();
  // Its own files are written in place, where S3 replaces an object at once.
  Object.assign(server.store, {
    async putObject({ key, content, metadata }: StoredObject) {
      const bytes = await buffer(content);
      const md5 = createHash('md5').update(bytes).digest('hex');
      objects.set(key, { bytes, metadata: { ...metadata, md5 }, storedAt: new Date() });
      return { size: bytes.length, md5 };
    },
    async existsObject(_: string, key: string) {
      return objects.has(key);
    },
    async getObject(_: string, key: string) {
      const object = objects.get(key);
      if (!object) return null;
      return { content: Readable.from([object.bytes]), metadata: object.metadata, size: object.bytes.length };
    },
    async deleteObject(_: string, key: string) {
      objects.delete(key);
    },
    async listObjects(_: string, { prefix = '' }: { prefix?: string }) {
      const found = [...objects]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, { bytes, storedAt }]) => ({
          key,
          size: bytes.length,
          lastModifiedDate: storedAt,
          metadata: {},
        }));
      return { objects: found, isTruncated: false, commonPrefixes: [] };
    },
  });
  const { port } = await server.run();
  return {
    port,
    access: { bucket, endpoint: `http://127.0.0.1:${port}`, region, ...keys },
    keys: () => [...objects.keys()],
    add: (key) => void objects.set(key, { bytes: Buffer.from('x'), metadata: {}, storedAt: new Date() }),
    async close() {
      await server.close();
      await rm(directory, { recursive: true });
    },
  };
}
