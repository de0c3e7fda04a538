/** Uploads: the rate at which a body of 5 MB arrives, with the memory that it takes, and pictures that are encoded again. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { compare, type Subject } from '../harness/http-work.ts';
import { residentMb, samplePeakMb, startProcess } from '../harness/process.ts';
import { startProduct } from '../harness/product.ts';
import { sliceMs } from '../harness/rounds.ts';
import type { Scope } from '../harness/scope.ts';
import { atLeast, atMost, productRow, type Row } from '../harness/verdict.ts';

const uploadBytes = 5_000_000;
/** The product processes one picture of a user at a time. */
const users = 4;
const boundary = 'bench-boundary';
const query = 'mutation ($file: File!) { uploadImage(file: $file) { image { id } } }';

async function writeBody(file: string, bytes: Uint8Array): Promise<string> {
  const field = (name: string, value: string) =>
    `--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const operations = JSON.stringify({ query, variables: { file: null } });
  const head =
    field('operations', operations) +
    field('map', '{"0":["variables.file"]}') +
    `--${boundary}\r\ncontent-disposition: form-data; name="0"; filename="a"\r\ncontent-type: image/jpeg\r\n\r\n`;
  await writeFile(file, Buffer.concat([Buffer.from(head), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]));
  return file;
}

/** Bytes that no check of the signature stops early, and that are no picture: what follows the receipt is little. */
const unreadable = () => Buffer.concat([Buffer.from('ffd8ffe0', 'hex'), randomBytes(uploadBytes)]);

export async function measureUpload({ opened }: Scope): Promise<Row[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-bench-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const create = { width: 1600, height: 1200, channels: 3, background: 'white', noise } as const;
  const picture = await sharp({ create }).blur(2).jpeg({ quality: 90 }).toBuffer();
  const server = await startProduct(opened, { kind: 'postgres' });
  const tokens = await Promise.all(Array.from({ length: users }, () => server.signUp()));
  const stored = '"uploadImage":\\{"image":\\{"id":"[^"]+"';
  const refused = '"code":"(UNREADABLE_IMAGE|UNSUPPORTED_MEDIA_TYPE)"';

  const measure = async (
    work: string,
    bytes: Uint8Array,
    isStreamed: boolean,
    callers: number,
    goal: number,
  ) => {
    const file = await writeBody(path.join(folder, work), bytes);
    const bodyFile = { path: file, contentType: `multipart/form-data; boundary=${boundary}` };
    const requests = tokens.map((token) => ({ body: '', token, bodyFile }));
    const env: Record<string, string> = isStreamed ? {} : { RE_ENCODE: '1' };
    const limit = await startProcess(opened, 'bench/peers/upload.ts', { env });
    const subjects: Subject[] = [
      { name: isStreamed ? 'busboy' : 'busboy + sharp', server: limit, requests, expected: stored },
      { name: 'Proofsheet', server, requests, expected: isStreamed ? refused : stored, goal: atLeast(goal) },
    ];
    const before = residentMb(server.pid);
    const stopPeak = samplePeakMb(() => server.pid);
    const load = { work: `upload ${work}`, figure: 'rate', callers, durationMs: 2 * sliceMs } as const;
    const rows = await compare(opened, load, subjects).finally(stopPeak);
    return { rows, addedMb: stopPeak() - before };
  };
  const streamed = await measure('streamed', unreadable(), true, 20, 0.8);
  const added = 'MB that 20 uploads of 5 MB at a time add';
  const growth = productRow('upload streamed', added, [streamed.addedMb], { goal: atMost(25) });
  const encoded = await measure('re-encoded', picture, false, 4, 0.95);
  return [...streamed.rows, growth, ...encoded.rows];
}
