import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createClientFiles } from './client-files.ts';

/** A server of a build whose page is at two addresses. */
async function serve() {
  const folder = await mkdtemp(path.join(tmpdir(), 'client-'));
  await writeFile(path.join(folder, 'index.html'), '<title>Page</title>');
  await writeFile(path.join(folder, 'routes.json'), '["/","/history"]');
  const files = createClientFiles({ folder, policy: "default-src 'self'" });
  const server = createServer((request, response) => void files(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return async (address: string, accept = 'text/html') => {
    const answer = await fetch(url + address, { headers: { accept } });
    return { status: answer.status, text: await answer.text(), headers: answer.headers };
  };
}

it('answers the addresses of the client with its page', async () => {
  const get = await serve();
  for (const address of ['/', '/history', '/history/', '/history?search=a#b'])
    expect(await get(address)).toMatchObject({ status: 200, text: '<title>Page</title>' });
});

it('answers any other with 404: the page to a browser, and plain text to what asks for a file', async () => {
  const get = await serve();
  const missing = await get('/nothing');
  expect(missing).toMatchObject({ status: 404, text: '<title>Page</title>' });
  expect(missing.headers.get('content-security-policy')).toBe("default-src 'self'");
  for (const address of ['/nothing', '/history/nothing', '/.env', '/assets/gone.js', '/%'])
    expect(await get(address, '*/*')).toMatchObject({ status: 404, text: 'Not found\n' });
});
