import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createUploadRequest } from './upload.ts';

type Answer = (request: IncomingMessage, body: string, response: ServerResponse) => void;

/** A server that reads the whole request before it answers. */
async function startServer(answer: Answer): Promise<string> {
  const server = createServer(async (request, response) => {
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', '*');
    if (request.method === 'OPTIONS') return response.end();
    let body = '';
    for await (const chunk of request) body += String(chunk);
    answer(request, body, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

const file = new File(['picture bytes'], 'cliff.png', { type: 'image/png' });
const options = () => ({ signal: new AbortController().signal, onProgress: () => {} });

describe('the upload request', () => {
  it('sends the file as the multipart request specification says, and answers with the image', async () => {
    let received = '';
    const url = await startServer((request, body, response) => {
      received = `${request.method} ${request.headers['content-type']}\n${body}`;
      response.end(
        JSON.stringify({ data: { uploadImage: { image: { id: 'image-1', width: 30, height: 20 } } } }),
      );
    });
    expect(await createUploadRequest(url)(file, options())).toEqual({ id: 'image-1', width: 30, height: 20 });
    expect(received).toMatch(/^POST multipart\/form-data; boundary=/);
    const part = (name: string) => new RegExp(`name="${name}"\r\n\r\n(.*)\r\n`).exec(received)?.[1] ?? '';
    expect(JSON.parse(part('operations'))).toMatchObject({ variables: { file: null } });
    expect(JSON.parse(part('operations')).query).toContain('uploadImage(file: $file)');
    expect(JSON.parse(part('map'))).toEqual({ 0: ['variables.file'] });
    expect(received).toMatch(/name="0"; filename="cliff\.png"[\s\S]*picture bytes/);
    expect(received.indexOf('"operations"')).toBeLessThan(received.indexOf('"map"'));
    expect(received.indexOf('"map"')).toBeLessThan(received.indexOf('"0"'));
  });

  it('reports its progress, and leaves the last percent to the server', async () => {
    const url = await startServer((_request, _body, response) => {
      response.end(
        JSON.stringify({ data: { uploadImage: { image: { id: 'image-1', width: 1, height: 1 } } } }),
      );
    });
    const percents: number[] = [];
    await createUploadRequest(url)(new File([new Uint8Array(300_000)], 'a.png'), {
      ...options(),
      onProgress: (percent) => percents.push(percent),
    });
    expect(percents.at(-1)).toBe(99);
    expect(percents).toEqual(percents.toSorted((one, other) => one - other));
  });

  it('rejects with the refusal of the answer', async () => {
    const url = await startServer((_request, _body, response) => {
      const error = { message: 'This image has 81 megapixels.', extensions: { code: 'UPLOAD_TOO_LARGE' } };
      response.end(JSON.stringify({ data: null, errors: [error] }));
    });
    await expect(createUploadRequest(url)(file, options())).rejects.toMatchObject({
      refusal: { code: 'UPLOAD_TOO_LARGE', message: 'This image has 81 megapixels.' },
    });
  });

  it('goes by the status where the body says nothing', async () => {
    const url = await startServer((_request, _body, response) => {
      response.writeHead(413).end('<html>');
    });
    await expect(createUploadRequest(url)(file, options())).rejects.toMatchObject({
      refusal: { code: 'UPLOAD_TOO_LARGE' },
    });
  });

  it('rejects where the connection breaks', async () => {
    const url = await startServer((request) => request.socket.destroy());
    await expect(createUploadRequest(url)(file, options())).rejects.toMatchObject({
      refusal: { code: 'NETWORK' },
    });
  });

  it('stops when it is aborted', async () => {
    const arrived = Promise.withResolvers<void>();
    const url = await startServer(() => arrived.resolve());
    const controller = new AbortController();
    const upload = createUploadRequest(url)(file, { ...options(), signal: controller.signal });
    await arrived.promise;
    controller.abort(new Error('removed'));
    await expect(upload).rejects.toThrow('removed');
  });
});
