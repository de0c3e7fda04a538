/** OpenStack Swift as Debian packages it: an S3-compatible store that is not ours, and checks signatures. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Server } from './s3-server.ts';

const region = 'eu-central-1';
const credentials = { accessKeyId: 'proofsheet:tester', secretAccessKey: 'testing' };

/**
 * Starts it on loopback, with one empty bucket and its data in a temporary folder.
 * @throws where the package is not installed: with what to install.
 */
export async function startSwift(): Promise<Pick<S3Server, 'access' | 'close'>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-swift-'));
  const script = path.join(import.meta.dirname, 'swift-server.py');
  const { accessKeyId, secretAccessKey } = credentials;
  // Debian's own Python: another one on the path does not see Debian's packages.
  const server = spawn('/usr/bin/python3', [script, folder, accessKeyId, secretAccessKey, region]);
  const errors = text(server.stderr);
  const ended = once(server, 'exit').catch((error: unknown) => [String(error)]);
  const close = async () => {
    server.stdin.end();
    await ended;
    await rm(folder, { recursive: true });
  };
  const started = once(server.stdout, 'data').then(([line]) => Number(String(line)));
  const port = await Promise.race([started, ended.then(() => undefined)]);
  if (port === undefined) {
    const reason = (await errors).trim().split('\n').at(-1);
    await close();
    throw new Error(`Swift did not start (${reason}). Install it: apt-get install python3-swift`);
  }
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials });
  await client.send(new CreateBucketCommand({ Bucket: 'pictures' }));
  client.destroy();
  return { access: { bucket: 'pictures', endpoint, region, ...credentials }, close };
}
