/** The limit of uploads: busboy, to a file as it comes, or through sharp where RE_ENCODE is set. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import sharp from 'sharp';
import { serve } from './serve.ts';

const folder = await mkdtemp(path.join(tmpdir(), 'proofsheet-bench-'));
process.once('SIGTERM', () => void rm(folder, { recursive: true, force: true }).then(() => process.exit()));
let files = 0;

/** The picture without its metadata, and a thumbnail of 400 pixels. */
async function reEncode(file: string, bytes: Buffer): Promise<void> {
  const picture = await sharp(bytes).autoOrient().jpeg({ quality: 90 }).toBuffer();
  await writeFile(file, picture);
  await sharp(picture).resize(400, 400, { fit: 'inside' }).webp({ quality: 75 }).toBuffer();
}

const server = createServer((request, response) => {
  const parser = busboy({ headers: request.headers });
  let stored: Promise<void> = Promise.resolve();
  parser.on('file', (_, stream) => {
    const file = path.join(folder, String((files += 1)));
    const store = async () => {
      if (process.env['RE_ENCODE']) await reEncode(file, await buffer(stream));
      else await pipeline(stream, createWriteStream(file));
      await rm(file);
    };
    stored = store();
  });
  parser.on('close', async () => {
    await stored;
    const body = '{"data":{"uploadImage":{"image":{"id":"1"}}}}';
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
  });
  request.pipe(parser);
});
serve(server);
