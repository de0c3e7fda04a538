import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { callLoopback } from './lib/http-client.ts';
import { startSandbox } from './sandbox.ts';

describe('startSandbox', () => {
  it('starts only what it is asked for, on this machine, with keys of its own', async () => {
    const sandbox = await startSandbox({ providers: ['replicate'] });
    const other = await startSandbox({ providers: ['gemini'] });
    try {
      expect(sandbox.gemini).toBeUndefined();
      expect(other.replicate).toBeUndefined();
      expect(sandbox.replicate?.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
      expect(other.gemini?.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      expect(sandbox.replicate?.token).toMatch(/^r8_/);
      expect(sandbox.replicate?.webhookSecret).toMatch(/^whsec_/);
    } finally {
      await Promise.all([sandbox.close(), other.close()]);
    }
  });

  it('refuses a page that reaches it under another name', async () => {
    const sandbox = await startSandbox({ providers: ['gemini'] });
    try {
      const { status } = await callLoopback(`${sandbox.gemini?.baseUrl}/sandbox/stats`, {
        method: 'GET',
        headers: { Host: 'pictures.example' },
        maxBytes: 1000,
        timeoutMs: 5000,
        signal: new AbortController().signal,
      });
      expect(status).toBe(421);
    } finally {
      await sandbox.close();
    }
  });

  // A timer, socket or delivery left behind keeps the process alive until the deadline.
  it('leaves nothing open that keeps a process alive', { timeout: 40_000 }, async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', busyThenClosed], {
      stdio: ['ignore', 'inherit', 'pipe'],
      timeout: 30_000,
    });
    const errors: Buffer[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    const [code] = await once(child, 'exit');
    expect({ code, errors: Buffer.concat(errors).toString() }).toEqual({ code: 0, errors: '' });
  });
});

/** Closes a sandbox with predictions queued, running and followed by webhooks that fail, and a call under way. */
const busyThenClosed = `
  const { startSandbox } = await import('${new URL('./sandbox.ts', import.meta.url).href}');
  const { replicate, gemini, close } = await startSandbox({ providers: ['replicate', 'gemini'] });
  const create = (prompt) => fetch(replicate.baseUrl + '/models/black-forest-labs/flux-schnell/predictions', {
    method: 'POST',
    headers: {
      Authorization: 'Bearer ' + replicate.token,
      'Content-Type': 'application/json',
      'Cancel-After': '1h',
      ...(prompt.includes('waited') && { Prefer: 'wait' }),
    },
    body: JSON.stringify({ input: { prompt }, webhook: 'http://127.0.0.1:9/webhook' }),
  });
  const answers = await Promise.all(['sandbox:queued=900', 'sandbox:failed sandbox:slow=0', 'sandbox:slow=900'].map(create));
  if (answers.some(({ status }) => status !== 201)) throw new Error('not created');
  const generate = fetch(gemini.baseUrl + '/v1beta/models/gemini-3-pro-image:generateContent', {
    method: 'POST',
    headers: { 'x-goog-api-key': gemini.apiKey, 'X-Server-Timeout': '900' },
    body: JSON.stringify({ contents: [{ parts: [{ text: 'sandbox:slow=900' }] }] }),
  }).then(() => 'answered', () => 'cut');
  const waited = create('waited sandbox:slow=900').then(() => 'answered', () => 'cut');
  const stats = async () => (await fetch(gemini.baseUrl + '/sandbox/stats')).json();
  while (!(await stats()).creations['sandbox:slow=900']) await new Promise(setImmediate);
  while (!replicate.stats().creations['waited sandbox:slow=900']) await new Promise(setImmediate);
  await close();
  const ends = [await generate, await waited];
  if (ends.join() !== 'cut,cut') throw new Error('the calls were ' + ends);
`;
