/** The sandbox as a process of its own. */
import { GoogleGenAI } from '@google/genai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import Replicate from 'replicate';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '..');
const main = [process.execPath, '--disable-warning=ExperimentalWarning', path.join(root, 'sandbox/main.ts')];
const npm = ['npm', 'run', 'sandbox', '--silent'];
const last = 'GEMINI_API_KEY';

function launch([command = '', ...args]: string[], variables: Record<string, string>) {
  return spawn(command, args, {
    cwd: root,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Starts it on free ports, and resolves with the settings that it printed. Disposed of with `await using`. */
async function serve(variables: Record<string, string> = {}, command = main) {
  const free = { SANDBOX_REPLICATE_PORT: '0', SANDBOX_GEMINI_PORT: '0', SANDBOX_SPEED: '200' };
  const child = launch(command, { ...free, ...variables });
  const errors = text(child.stderr!);
  const exited = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>;
  let printed = '';
  for await (const chunk of child.stdout!.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    printed += chunk as string;
    if (new RegExp(`^${last}=.+\n`, 'm').test(printed)) break;
  }
  const settings = Object.fromEntries(
    printed
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .map((line) => line.split(/=(.*)/).slice(0, 2)),
  ) as Record<string, string>;
  return {
    settings,
    errors,
    exited,
    stop: () => child.kill('SIGTERM'),
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

function clientsOf(settings: Record<string, string>) {
  return {
    replicate: new Replicate({
      auth: settings['REPLICATE_API_TOKEN'] ?? '',
      baseUrl: settings['REPLICATE_BASE_URL'] ?? '',
      useFileOutput: false,
    }),
    gemini: new GoogleGenAI({
      apiKey: settings['GEMINI_API_KEY'] ?? '',
      vertexai: false,
      httpOptions: { baseUrl: settings['GEMINI_BASE_URL'] ?? '' },
    }),
  };
}

describe('the sandbox alone', () => {
  it('serves both SDKs with the settings that it prints, several clients at once', async () => {
    await using sandbox = await serve();
    expect(sandbox.settings['REPLICATE_BASE_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    expect(sandbox.settings['GEMINI_BASE_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const { replicate, gemini } = clientsOf(sandbox.settings);
    const input = { prompt: 'a lighthouse', megapixels: '0.25', output_format: 'png' };
    const [output, answer] = await Promise.all([
      replicate.run('black-forest-labs/flux-schnell', { input }) as Promise<string[]>,
      gemini.models.generateContent({ model: 'gemini-3-pro-image', contents: 'a lighthouse sandbox:plain' }),
    ]);
    const picture = await fetch(output[0] ?? '');
    expect(await sharp(await picture.arrayBuffer()).metadata()).toMatchObject({ format: 'png', width: 512 });
    const data = answer.candidates?.[0]?.content?.parts?.at(-1)?.inlineData?.data ?? '';
    expect(await sharp(Buffer.from(data, 'base64')).metadata()).toMatchObject({ width: 1024 });

    const other = clientsOf(sandbox.settings);
    const { results } = await other.replicate.predictions.list();
    expect(results).toMatchObject([{ status: 'succeeded' }]);
  });

  it('keeps keys and predictions from start to start, and takes other keys', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
    try {
      const before = await serve({ SANDBOX_DIR: folder });
      const { replicate } = clientsOf(before.settings);
      const { id } = await replicate.predictions.create({
        model: 'black-forest-labs/flux-schnell',
        input: { prompt: 'sandbox:failed' },
      });
      await before[Symbol.asyncDispose]();

      await using after = await serve({ SANDBOX_DIR: folder, GEMINI_API_KEY: 'mine' });
      expect(after.settings['REPLICATE_API_TOKEN']).toBe(before.settings['REPLICATE_API_TOKEN']);
      expect(await clientsOf(after.settings).replicate.predictions.get(id)).toMatchObject({ id });
      expect(after.settings['GEMINI_API_KEY']).toBe('mine');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([
    ['node', main],
    ['npm', npm],
  ])('stops on SIGTERM with work under way, started by %s', async (_, command) => {
    await using sandbox = await serve({ SANDBOX_SPEED: '1' }, command);
    const { replicate } = clientsOf(sandbox.settings);
    await replicate.predictions.create({
      model: 'black-forest-labs/flux-schnell',
      input: { prompt: 'sandbox:slow=900' },
    });
    sandbox.stop();
    const [code, signal] = await sandbox.exited;
    if (command === main)
      expect({ code, signal, errors: await sandbox.errors }).toEqual({ code: 0, signal: null, errors: '' });
    const address = `${sandbox.settings['GEMINI_BASE_URL']}/sandbox/stats`;
    await expect
      .poll(() =>
        fetch(address).then(
          ({ status }) => status,
          () => 'gone',
        ),
      )
      .toBe('gone');
  });

  it.each([
    [{ SANDBOX_SPEED: 'fast' }, /^SANDBOX_SPEED: .+\n$/],
    [{ REPLICATE_WEBHOOK_SECRET: 'secret' }, /^REPLICATE_WEBHOOK_SECRET: .+\n$/],
  ])('says what cannot be used and exits with 1: %j', async (variables, line) => {
    const child = launch(main, variables);
    const [errors, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
    expect(errors).toMatch(line);
    expect(code).toBe(1);
  });

  it('says that its port is taken, and exits with 1', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const child = launch(main, { SANDBOX_REPLICATE_PORT: '0', SANDBOX_GEMINI_PORT: String(port) });
    const [errors, [code]] = await Promise.all([text(child.stderr!), once(child, 'exit')]);
    server.close();
    expect(errors).toMatch(/^The sandbox cannot start: listen EADDRINUSE.+\n$/);
    expect(code).toBe(1);
  });
});
