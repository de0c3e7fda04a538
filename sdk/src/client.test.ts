import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTcpProxy } from '../../tests/chaos/tcp-proxy.ts';
import { createKey } from '../../tests/support/api-keys.ts';
import { signUp } from '../../tests/support/api.ts';
import { startTestApp, type TestApp } from '../../tests/support/start-app.ts';
import {
  type Client,
  createClient,
  ProofsheetError,
  type Task,
  TaskCanceledError,
  TaskFailedError,
} from './client.ts';

const model = 'black-forest-labs/flux-schnell';
const prompt = 'A red kite over dunes sandbox:plain';
let app: TestApp;
let client: Client;
/** With an API key of the same user. */
let keyed: Client;
/** Serves one picture. */
const elsewhere = createServer((_, response) => void picture().then((bytes) => response.end(bytes)));

beforeAll(async () => {
  await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
  app = await startTestApp({ SIGNUP_CREDITS: '200', IMPORT_ORIGINS: elsewhereOrigin() });
  const user = await signUp(app.url);
  client = createClient({ url: app.url, token: user.token });
  keyed = createClient({ url: app.url, apiKey: (await createKey(user)).secret });
});
afterAll(async () => {
  await app.remove();
  elsewhere.close();
});

const elsewhereOrigin = () => `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;

const picture = () =>
  sharp({ create: { width: 300, height: 200, channels: 3, background: 'tomato' } })
    .png()
    .toBuffer();

describe('generate', () => {
  it('yields each newer version up to SUCCESS, whose images can be downloaded', async () => {
    const task = await client.generate({ model, prompt, options: { count: 2 } });
    const states: Task[] = [];
    for await (const state of task) states.push(state);
    const versions = states.map(({ version }) => version);
    expect(versions).toEqual([...new Set(versions)].toSorted((one, other) => one - other));
    expect(states[0]).toMatchObject({ id: task.id, prompt, scene: 'TEXT_TO_IMAGE', costCredits: 4 });
    expect(states.at(-1)).toMatchObject({ status: 'SUCCESS', images: [{}, {}] });
    expect(task.current).toEqual(states.at(-1));

    const { images } = await task.result();
    const { width, height } = await sharp(await client.download(images[1]!)).metadata();
    expect(images[1]).toMatchObject({ width, height });
    // The last state of a task that is final already.
    expect(await Array.fromAsync(await client.task(task.id))).toEqual([states.at(-1)]);
  });

  it('starts from uploads, as bytes or files, with an API key', async () => {
    const bytes = await picture();
    const uploads = await Promise.all([
      keyed.upload(new Uint8Array(bytes)),
      keyed.upload(new File([new Uint8Array(bytes)], 'picture.png', { type: 'image/png' })),
    ]);
    expect(uploads).toMatchObject([{ width: 300, height: 200, source: 'UPLOAD' }, { source: 'UPLOAD' }]);
    const imported = await keyed.importImage(`${elsewhereOrigin()}/picture.png`);
    expect(imported).toMatchObject({ width: 300, height: 200, source: 'IMPORT' });
    const referenceImages = [uploads[0], uploads[1].id];
    const task = await keyed.generate({ model: 'google/nano-banana', prompt, referenceImages });
    const { scene, referenceImages: used } = await task.result();
    expect({ scene, used }).toEqual({
      scene: 'IMAGE_TO_IMAGE',
      used: uploads.map(({ id }) => ({ id })),
    });
  });

  it('charges once for a key, however often it is sent', async () => {
    const before = (await client.viewer()).credits;
    const input = { model, prompt, idempotencyKey: 'order-1' };
    const [one, other] = await Promise.all([client.generate(input), client.generate(input)]);
    expect(other.id).toBe(one.id);
    expect((await client.viewer()).credits).toBe(before - 2);
  });

  it('repeats a request whose response was lost: one task and one charge', async () => {
    let isLost = false;
    const cutOnce = () => ({
      fromServer: (bytes: Buffer) => {
        if (isLost || !bytes.includes('generateImage')) return true;
        isLost = true;
        return 'cut' as const;
      },
    });
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: Number(new URL(app.url).port) }, cutOnce);
    const caller = await signUp(app.url);
    const behind = createClient({ url: `http://127.0.0.1:${proxy.port}`, token: caller.token });
    const task = await behind.generate({ model, prompt, idempotencyKey: undefined });
    await task.result();
    expect(isLost).toBe(true);
    expect(await Array.fromAsync(behind.tasks())).toMatchObject([{ id: task.id }]);
    expect((await behind.viewer()).credits).toBe(198);
    await proxy.close();
  });

  it('names the reason why a picture is refused', async () => {
    const tooLarge = client.upload(new Uint8Array(6_000_000));
    await expect(tooLarge).rejects.toMatchObject({ code: 'UPLOAD_TOO_LARGE' });
    const noPicture = client.upload(new Blob(['no picture']));
    await expect(noPicture).rejects.toMatchObject({ code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it.each([
    [
      { model: 'nobody/none', prompt },
      { code: 'INVALID_INPUT', field: 'model' },
    ],
    [
      { model, prompt, options: { count: 99 } },
      { code: 'INVALID_INPUT', field: 'options.count' },
    ],
    [{ model, prompt, referenceImages: ['nothing'] }, { name: 'ProofsheetError' }],
  ])('throws the refusal of %j', async (input, refusal) => {
    const error: unknown = await client.generate(input).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(ProofsheetError);
    expect(error).toMatchObject(refusal);
  });
});

describe('a task', () => {
  it('that fails throws its failure, and can be retried', async () => {
    const task = await client.generate({ model, prompt: `${prompt} sandbox:blocked` });
    const error: unknown = await task.result().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(TaskFailedError);
    expect(error).toMatchObject({
      code: 'CONTENT_BLOCKED',
      retryable: false,
      message: task.current.failure!.message,
      task: { id: task.id, refundedCredits: 2 },
    });
    const again = await task.retry();
    expect(again.id).not.toBe(task.id);
    await expect(again.result()).rejects.toMatchObject({ code: 'CONTENT_BLOCKED' });
  });

  it('that is canceled ends its loop and throws from its result', async () => {
    const task = await client.generate({ model, prompt: `${prompt} sandbox:slow=2000` });
    const statuses: string[] = [];
    for await (const { status } of task) {
      if (status === 'PROCESSING' && !statuses.includes(status)) await task.cancel();
      statuses.push(status);
    }
    expect(statuses.at(-1)).toBe('CANCELED');
    await expect(task.result()).rejects.toThrow(TaskCanceledError);
  });

  it('goes on when its loop is aborted', async () => {
    const task = await client.generate({ model, prompt: `${prompt} sandbox:slow=2000` });
    const leaving = new AbortController();
    const loop = (async () => {
      for await (const { status } of task.updates({ signal: leaving.signal }))
        if (status === 'PROCESSING') leaving.abort(new Error('left'));
    })();
    await expect(loop).rejects.toThrow('left');
    expect((await client.task(task.id)).current.status).toBe('PROCESSING');
    await task.cancel();
  });

  it('that was deleted is NOT_FOUND', async () => {
    const task = await client.generate({ model, prompt });
    await task.result();
    await client.request('mutation ($id: ID!) { deleteTask(id: $id) { deletedId } }', { id: task.id });
    await expect(client.task(task.id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

it('reads every page of the tasks, and those of a filter', async () => {
  const caller = await signUp(app.url);
  const own = createClient({ url: `${app.url}/`, token: caller.token });
  const prompts = Array.from({ length: 21 }, (_, index) => `sandbox:plain number ${index}`);
  const accepted: string[] = [];
  for (const prompt of prompts) accepted.push((await own.generate({ model, prompt })).id);
  const listed = await Array.fromAsync(own.tasks());
  expect(listed.map(({ id }) => id)).toEqual(accepted.toReversed());
  const found = await Array.fromAsync(own.tasks({ search: 'number 20' }));
  expect(found).toMatchObject([{ id: accepted.at(-1) }]);
});

it('reads the models of a scene, and the viewer', async () => {
  const models = await client.models({ scene: 'IMAGE_TO_IMAGE' });
  expect(models.map(({ name }) => name)).toContain('google/nano-banana');
  expect(models.map(({ name }) => name)).not.toContain(model);
  expect(await client.viewer()).toMatchObject({ name: 'Tester', storage: { limitBytes: 5_368_709_120 } });
});

describe.each([
  ['no credentials', undefined, /API key/],
  ['a mistyped API key', 'psk_mistyped', /API key is mistyped/],
  ['a truncated API key', 'sk_mistyped', /API key/],
])('with %s', (_, apiKey, message) => {
  it.each<[string, (client: Client) => Promise<unknown>]>([
    ['viewer', (client) => client.viewer()],
    ['generate', (client) => client.generate({ model, prompt })],
    ['task', (client) => client.task('1')],
    ['upload', (client) => client.upload(new Blob(['no picture']))],
  ])('%s is UNAUTHENTICATED', async (_, call) => {
    const error: unknown = await call(createClient({ url: app.url, apiKey })).catch(
      (error: unknown) => error,
    );
    expect(error).toBeInstanceOf(ProofsheetError);
    expect(error).toMatchObject({ code: 'UNAUTHENTICATED', message: expect.stringMatching(message) });
  });
});

it('aborts a request before it is sent', async () => {
  const signal = AbortSignal.abort(new Error('left'));
  await expect(client.generate({ model, prompt }, { signal })).rejects.toThrow('left');
});
