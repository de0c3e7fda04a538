/** What the emulator still has when it is started again on its folder. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Replicate, { type FileObject, type Prediction } from 'replicate';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { flux, nanoBanana, startReplicateTest } from '../../tests/support/sandbox.ts';

const hourMs = 60 * 60 * 1000;
const input = { prompt: 'a red fox', megapixels: '0.25' };
const fromImage = (address: string) => ({ prompt: 'the same, at night', image_input: [address] });

async function makeFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'sandbox-'));
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

/** What is kept on disk: the store of each record, and the text in it. */
function recordsIn(folder: string) {
  const database = new DatabaseSync(path.join(folder, 'sandbox.sqlite'), { readOnly: true });
  const rows = database.prepare('SELECT store, content FROM record ORDER BY store').all();
  database.close();
  return { stores: rows.map(({ store }) => store), text: rows.map(({ content }) => content).join('\n') };
}

function wide() {
  return sharp({ create: { width: 400, height: 200, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
}

async function download(address: string) {
  const response = await fetch(address);
  return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
}

/** The part of a prediction or file that does not tell on which port it was asked for. */
function withoutOrigin(body: Prediction | FileObject): unknown {
  return JSON.parse(JSON.stringify(body).replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, ''));
}

describe('after a clean stop', () => {
  it('shows what had ended as it was, with its pictures', async () => {
    await using kept = await makeFolder();
    const before = await startReplicateTest(kept);
    const done = await before.end(
      await before.client.predictions.create({ model: flux, input: { ...input, num_outputs: 2 } }),
    );
    const failed = await before.end(
      await before.client.predictions.create({ model: flux, input: { prompt: 'sandbox:failed' } }),
    );
    const { id } = await before.client.predictions.create({
      model: flux,
      input: { prompt: 'sandbox:slow=9000' },
    });
    const canceled = await before.client.predictions.cancel(id);
    const [first] = await Promise.all((done.output as string[]).map(download));
    await before[Symbol.asyncDispose]();

    await using after = await startReplicateTest(kept);
    for (const old of [done, failed, canceled])
      expect(withoutOrigin(await after.client.predictions.get(old.id))).toEqual(withoutOrigin(old));
    const [address] = (await after.client.predictions.get(done.id)).output as string[];
    expect(address).toContain(new URL(after.baseUrl).origin);
    const again = await download(address ?? '');
    expect(again.status).toBe(200);
    expect(again.bytes.equals(first?.bytes ?? Buffer.of())).toBe(true);

    const next = await after.client.predictions.create({ model: flux, input });
    const { results } = await after.client.predictions.list();
    expect(results.map((prediction) => prediction.id)).toEqual([next.id, canceled.id, failed.id, done.id]);
  });

  it('goes on with what had not ended, and not with its time', async () => {
    await using kept = await makeFolder();
    let skewMs = 0;
    const clock = { ...kept, now: () => Date.now() + skewMs };
    const before = await startReplicateTest(clock);
    const queued = await before.create(flux, { prompt: 'sandbox:queued=600' }, { 'Cancel-After': '1h' });
    const overdue = await before.create(flux, { prompt: 'sandbox:queued=9000' }, { 'Cancel-After': '60s' });
    await before[Symbol.asyncDispose]();

    skewMs = 70_000;
    await using after = await startReplicateTest(clock);
    expect(await after.end(overdue.body)).toMatchObject({ status: 'aborted', output: null });
    expect(await after.end(queued.body)).toMatchObject({ status: 'succeeded', output: [expect.any(String)] });
  });

  it('reads files and pictures by the addresses they had', async () => {
    await using kept = await makeFolder();
    const before = await startReplicateTest(kept);
    const file = await before.client.files.create(await wide(), { task: 't1' });
    const { output } = await before.end(
      await before.client.predictions.create({ model: nanoBanana, input: fromImage(file.urls.get) }),
    );
    await before[Symbol.asyncDispose]();

    await using after = await startReplicateTest(kept);
    const found = await after.client.files.get(file.id);
    expect(withoutOrigin(found)).toEqual(withoutOrigin(file));
    expect(found.urls.get).toBe(`${after.baseUrl}/files/${file.id}`);
    for (const address of [file.urls.get, output as string]) {
      const ended = await after.end(
        await after.client.predictions.create({ model: nanoBanana, input: fromImage(address) }),
      );
      expect(ended, address).toMatchObject({ status: 'succeeded' });
      const { width, height } = await sharp((await download(ended.output)).bytes).metadata();
      expect(width / height).toBeCloseTo(2, 1);
    }
    expect(await after.client.files.delete(file.id)).toBe(true);
  });

  it('has nothing that would be gone by then, and nothing of it on disk', async () => {
    await using kept = await makeFolder();
    let skewMs = 0;
    const clock = { ...kept, now: () => Date.now() + skewMs };
    const before = await startReplicateTest(clock);
    const file = await before.client.files.create(await wide());
    const done = await before.end(await before.client.predictions.create({ model: flux, input }));
    await before[Symbol.asyncDispose]();
    expect(recordsIn(kept.folder).stores).toEqual(['files', 'outputs', 'predictions']);

    skewMs = 1.1 * hourMs;
    const later = await startReplicateTest(clock);
    expect((await download(later.baseUrl.replace('/v1', '') + new URL(done.output[0]).pathname)).status).toBe(
      404,
    );
    expect(await later.client.predictions.get(done.id)).toMatchObject({ data_removed: true, output: null });
    await later[Symbol.asyncDispose]();
    const { stores, text } = recordsIn(kept.folder);
    expect(stores).toEqual(['files', 'predictions']);
    expect(text).not.toContain(input.prompt);
    expect(await readFile(path.join(kept.folder, 'sandbox.sqlite'), 'latin1')).not.toContain(input.prompt);

    skewMs = 2.1 * hourMs;
    const muchLater = await startReplicateTest(clock);
    await expect(muchLater.client.predictions.get(done.id)).rejects.toThrow('status 404');
    expect(await muchLater.client.files.get(file.id)).toBeDefined();
    await muchLater[Symbol.asyncDispose]();
    expect(recordsIn(kept.folder).stores).toEqual(['files']);

    skewMs = 25 * hourMs;
    await (await startReplicateTest(clock))[Symbol.asyncDispose]();
    expect(recordsIn(kept.folder).stores).toEqual([]);
  });
});

describe('while it runs', () => {
  it('removes from disk what expires, also without a request for it', async () => {
    await using kept = await makeFolder();
    let skewMs = 0;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      await using test = await startReplicateTest({ ...kept, now: () => Date.now() + skewMs });
      await test.client.files.create(await wide());
      await test.end(await test.client.predictions.create({ model: flux, input }));
      expect(recordsIn(kept.folder).stores).toHaveLength(3);
      skewMs = 25 * hourMs;
      vi.advanceTimersByTime(60_000);
      expect(recordsIn(kept.folder).stores).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('works as ever where the folder cannot be used, and says so', async () => {
    await using kept = await makeFolder();
    const folder = path.join(kept.folder, 'file');
    await writeFile(folder, '');
    const logged: string[] = [];
    await using test = await startReplicateTest({ folder, log: (message) => logged.push(message) });
    const file = await test.client.files.create(await wide());
    const ended = await test.end(
      await test.client.predictions.create({ model: nanoBanana, input: fromImage(file.urls.get) }),
    );
    expect(ended).toMatchObject({ status: 'succeeded' });
    expect(logged).toContain('what the sandbox holds is not kept: its folder cannot be used');
  });
});

describe('after kill -9', () => {
  it('goes on with whatever it had answered, and ends it', async () => {
    await using kept = await makeFolder();
    const child = spawn(process.execPath, ['--input-type=module', '-e', served, kept.folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const { baseUrl, token } = JSON.parse(line.toString()) as { baseUrl: string; token: string };
    const client = new Replicate({ auth: token, baseUrl, useFileOutput: false });
    const running = await client.predictions.create({ model: flux, input: { prompt: 'sandbox:slow=20' } });
    const startedAt = await vi.waitFor(async () => {
      const { status, started_at } = await client.predictions.get(running.id);
      expect(status).toBe('processing');
      return started_at;
    });
    const file = await client.files.create(await wide());
    const created = await client.predictions.create({ model: nanoBanana, input: fromImage(file.urls.get) });
    child.kill('SIGKILL');
    await once(child, 'exit');

    await using after = await startReplicateTest(kept);
    expect(await after.end(running)).toMatchObject({
      status: 'succeeded',
      // It went on: it did not stand in the queue again.
      started_at: startedAt,
      logs: expect.stringMatching(/^Using seed: .+Total safe images: 1 out of 1\n$/s),
    });
    const { status, output } = await after.end(created);
    expect(status).toBe('succeeded');
    const { width, height } = await sharp((await download(output)).bytes).metadata();
    expect(width / height).toBeCloseTo(2, 1);
  });
});

/** A process that serves from the folder of its argument and tells where. */
const served = `
  const { startSandbox } = await import('${new URL('../sandbox.ts', import.meta.url).href}');
  const { replicate } = await startSandbox({ providers: ['replicate'], plainPictures: true, folder: process.argv[1] });
  console.log(JSON.stringify({ baseUrl: replicate.baseUrl, token: replicate.token }));
`;
