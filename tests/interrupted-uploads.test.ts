/** Uploads as browsers and networks send them: under any name, and broken off anywhere. Nothing of it is an error of the server's. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawPicture } from './support/pictures.ts';
import { type Caller, signUp } from './support/api.ts';
import { extensions } from './support/cost.ts';
import { createInstallation, type Installation } from './support/server-process.ts';

let server: Installation;
let url: URL;
let caller: Caller;
let picture: Buffer;
/** What the start wrote: on a shared database it warns of the sandbox. */
let startOutput: string;

beforeAll(async () => {
  server = await createInstallation({ OPERATIONS_PER_MINUTE: '100000', LOG_LEVEL: 'info' });
  url = new URL(await server.start());
  startOutput = server.output();
  caller = await signUp(url.origin);
  picture = await drawPicture({ width: 800, height: 600 }).jpeg().toBuffer();
});
afterAll(() => server?.remove());

/** A multipart request, byte for byte. `disposition` is that of the file. */
function multipart(disposition: string, contentType = 'image/jpeg'): Buffer {
  const query = 'mutation ($file: File!) { uploadImage(file: $file) { image { width } } }';
  const operations = JSON.stringify({ query, variables: { file: null } });
  const part = (name: string, text: string) =>
    `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;
  const head = `--x\r\nContent-Disposition: form-data; name="0"; ${disposition}\r\nContent-Type: ${contentType}\r\n\r\n`;
  return Buffer.concat([
    Buffer.from(part('operations', operations) + part('map', '{"0":["variables.file"]}') + head),
    picture,
    Buffer.from('\r\n--x--\r\n'),
  ]);
}

const headers = () => ({
  authorization: `Bearer ${caller.token}`,
  'content-type': 'multipart/form-data; boundary=x',
});

describe('an upload is taken under any file name', () => {
  it.each([
    ['an empty one', 'filename=""', 'image/jpeg'],
    ['an empty one of unknown type', 'filename=""', 'application/octet-stream'],
    ['an empty one without quotes', 'filename=', 'application/octet-stream'],
    ['a space', 'filename=" "', 'image/jpeg'],
    ['Cyrillic', 'filename="фото.jpg"', 'image/jpeg'],
    ['Japanese and an emoji', 'filename="写真 🏔.jpg"', 'image/jpeg'],
    ['Arabic', 'filename="صورة.jpg"', 'image/jpeg'],
    ['percent-encoded UTF-8', "filename*=UTF-8''%e5%86%99%e7%9c%9f.jpg", 'image/jpeg'],
    ['both forms', 'filename="x.jpg"; filename*=UTF-8\'\'%e5%86%99%e7%9c%9f.jpg', 'image/jpeg'],
    ['broken percent-encoding', "filename*=UTF-8''%zz%e5.jpg", 'image/jpeg'],
    ['an unknown encoding', "filename*=bogus''%ff.jpg", 'image/jpeg'],
    ['quotes as browsers escape them', 'filename="a%22b.jpg"', 'image/jpeg'],
    ['a path', 'filename="../../etc/passwd"', 'image/jpeg'],
    ['a path alone', 'filename="/"', 'image/jpeg'],
    ['3,000 characters', `filename="${'写'.repeat(3_000)}.jpg"`, 'image/jpeg'],
  ])('%s', async (_, disposition, contentType) => {
    const answer = await fetch(new URL('/graphql', url), {
      method: 'POST',
      headers: headers(),
      body: new Uint8Array(multipart(disposition, contentType)),
    });
    expect(await answer.json()).toEqual({ data: { uploadImage: { image: { width: 800 } } }, extensions });
  });
});

/** Sends a part of the body, and closes the connection once it is on its way. */
async function breakOff(path: string, body: Buffer, contentType: string, isChunked: boolean): Promise<void> {
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, 'connect');
  const length = isChunked ? 'Transfer-Encoding: chunked' : 'Content-Length: 1000000';
  socket.write(
    `POST ${path} HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: Bearer ${caller.token}\r\nContent-Type: ${contentType}\r\n${length}\r\n\r\n`,
  );
  if (isChunked) socket.write(`${body.length.toString(16)}\r\n`);
  socket.end(body);
  socket.resume();
  // A server that refuses by the headers may close before the body is written: that error is the client's alone.
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('close', resolve));
}

describe('an upload that breaks off', () => {
  const parts = [0.01, 0.5, 0.99];
  it('is not reported as an error of the server, wherever it breaks off', async () => {
    const upload = multipart('filename="a.jpg"');
    const json = Buffer.from('{"query":"{ __typename }"');
    for (const isChunked of [false, true]) {
      for (const part of parts) {
        const body = upload.subarray(0, upload.length * part);
        await breakOff('/graphql', body, 'multipart/form-data; boundary=x', isChunked);
      }
      await breakOff('/graphql', json, 'application/json', isChunked);
      await breakOff('/api/auth/sign-in/email', json, 'application/json', isChunked);
    }
  });

  it('is not reported either where it is complete and waits or is worked on', async () => {
    const aborts = Array.from({ length: 6 }, async () => {
      const abort = new AbortController();
      const body = new Uint8Array(multipart('filename="a.jpg"'));
      const options = { method: 'POST', headers: headers(), body, signal: abort.signal };
      const answer = fetch(new URL('/graphql', url), options);
      return { abort, answer };
    });
    // One of the six has been stored when another user's upload has been: then the others wait or are worked on.
    const other = await signUp(url.origin);
    const requests = await Promise.all(aborts);
    await other.upload(picture);
    for (const { abort } of requests) abort.abort();
    await Promise.allSettled(requests.map(({ answer }) => answer));
  });

  it('leaves the server in order', async () => {
    const { errors } = await caller.upload(picture);
    expect(errors).toBeUndefined();
    await server.end('SIGTERM');
    const lines = server.output().slice(startOutput.length).split('\n');
    expect(lines.filter((line) => /"level":"(warn|error|fatal)"|ERR|WARN|Error/.test(line))).toEqual([]);
  });
});
