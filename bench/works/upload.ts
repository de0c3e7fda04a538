/** Uploads: the rate at which a body of 5 MB arrives, with the memory that it takes, and pictures that are encoded again. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { measureHttp, ratioRows, type Subject } from '../harness/http-work.ts';
import { startProcess, residentBytes } from '../harness/process.ts';
import { startProduct } from '../harness/product.ts';
import { sliceMs } from '../harness/rounds.ts';
import type { Row } from '../harness/verdict.ts';

const uploadBytes = 5_000_000;
/** The product processes one picture of a user at a time. */
const users = 4;
const sampleMs = 20;
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

export async function measureUpload(opened: AsyncDisposableStack): Promise<Row[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-bench-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  const noise = { type: 'gaussian', mean: 128, sigma: 30 } as const;
  const create = { width: 1600, height: 1200, channels: 3, background: 'white', noise } as const;
  const picture = await sharp({ create }).blur(2).jpeg({ quality: 90 }).toBuffer();
  const product = await startProduct(opened, { kind: 'postgres' });
  const tokens = await Promise.all(Array.from({ length: users }, () => product.signUp()));
  const rows: Row[] = [];
  for (const work of ['streamed', 're-encoded'] as const) {
    const isStreamed = work === 'streamed';
    const file = await writeBody(path.join(folder, work), isStreamed ? unreadable() : picture);
    const bodyFile = { path: file, contentType: `multipart/form-data; boundary=${boundary}` };
    const limit = await startProcess('bench/peers/upload.ts', {
      env: isStreamed ? {} : { RE_ENCODE: '1' },
    });
    opened.defer(() => limit.stop());
    const stored = '"uploadImage":\\{"image":\\{"id":"[^"]+"';
    const requests = tokens.map((token) => ({ body: '', token, bodyFile }));
    const name = isStreamed ? 'busboy' : 'busboy + sharp';
    const subjects: Subject[] = [
      { name, server: limit, request: { requests, expected: stored } },
      {
        name: 'Proofsheet',
        server: product,
        request: {
          requests,
          expected: isStreamed ? '"code":"(UNREADABLE_IMAGE|UNSUPPORTED_MEDIA_TYPE)"' : stored,
        },
      },
    ];
    const growth = sampleGrowth(product.pid);
    const load = { callers: isStreamed ? 20 : 4, durationMs: 2 * sliceMs };
    const measured = await measureHttp(opened, subjects, load);
    const goal = { bound: 'min', value: isStreamed ? 0.8 : 0.95 } as const;
    rows.push(...ratioRows(`upload ${work}`, measured, { figure: 'rate', limit: name, goal }));
    if (isStreamed)
      rows.push({
        work: 'upload streamed',
        measure: 'MB that 20 uploads of 5 MB at a time add',
        subject: 'Proofsheet',
        values: [growth()],
        goal: { bound: 'max', value: 25 },
      });
  }
  return rows;
}

/** Samples the memory of a process. @returns a function with the greatest growth so far, in MB; it stops the samples */
function sampleGrowth(pid: number): () => number {
  const before = residentBytes(pid);
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, residentBytes(pid))), sampleMs);
  return () => {
    clearInterval(timer);
    return (most - before) / 1e6;
  };
}
