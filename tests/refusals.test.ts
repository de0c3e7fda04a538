/** Bad input over the API: each is refused with its code and field, charges nothing and stores nothing. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type Caller,
  createCaller,
  credits,
  follow,
  generate,
  generateVariables,
  refusedGenerate,
  signUp,
} from './support/api.ts';
import { transports } from './support/transports.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let app: TestApp;
let caller: Caller;
let picture: Buffer;

const unknownImage = Buffer.from('Image:00000000-0000-7000-8000-000000000000').toString('base64');

beforeAll(async () => {
  app = await startTestApp();
  caller = await signUp(app.url);
  picture = await sharp({ create: { width: 40, height: 30, channels: 3, background: 'navy' } })
    .jpeg()
    .toBuffer();
});
afterAll(() => app?.remove());

const edit = { model: 'google/nano-banana', scene: 'IMAGE_TO_IMAGE' };

const spenders: Caller[] = [];
async function signUpSpender(): Promise<Caller> {
  const spender = await signUp(app.url);
  spenders.push(spender);
  return spender;
}

describe('generateImage', () => {
  it.each<[string, object, string]>([
    ['an unknown model', { model: 'nobody/nothing' }, 'INVALID_INPUT model'],
    ["a provider that is not the model's", { provider: 'gemini' }, 'INVALID_INPUT provider'],
    [
      'a scene that the model lacks',
      { scene: 'IMAGE_TO_IMAGE', referenceImages: [unknownImage] },
      'INVALID_INPUT scene',
    ],
    ['an empty prompt', { prompt: '  ' }, 'INVALID_INPUT prompt'],
    ['2,001 characters', { prompt: 'x'.repeat(2001) }, 'INVALID_INPUT prompt'],
    ['no reference', edit, 'INVALID_INPUT referenceImages'],
    ['an unknown reference', { ...edit, referenceImages: [unknownImage] }, 'NOT_FOUND referenceImages'],
    ['an id that is none', { ...edit, referenceImages: ['%%%'] }, 'NOT_FOUND referenceImages'],
    ['references for text-to-image', { referenceImages: [unknownImage] }, 'INVALID_INPUT referenceImages'],
    ['a count out of range', { options: { count: 99 } }, 'INVALID_INPUT options.count'],
    ['a ratio out of range', { options: { aspectRatio: '1:99' } }, 'INVALID_INPUT options.aspectRatio'],
    ['a resolution out of range', { options: { resolution: '9K' } }, 'INVALID_INPUT options.resolution'],
    ['a format out of range', { options: { outputFormat: 'bmp' } }, 'INVALID_INPUT options.outputFormat'],
    ['a seed out of range', { options: { seed: -5 } }, 'INVALID_INPUT options.seed'],
    [
      'an unknown provider option',
      { providerOptions: { nonsense: 1 } },
      'INVALID_INPUT providerOptions.nonsense',
    ],
    [
      'an idempotency key of 256 characters',
      { idempotencyKey: 'k'.repeat(256) },
      'INVALID_INPUT idempotencyKey',
    ],
  ])('refuses %s', async (_, input, refusal) => {
    expect(await refusedGenerate(caller, input)).toBe(refusal);
  });

  it('refuses too many references', async () => {
    const referenceImages = Array.from({ length: 11 }, () => unknownImage);
    expect(await refusedGenerate(caller, { ...edit, referenceImages })).toBe('INVALID_INPUT referenceImages');
  });

  it('refuses a visitor', async () => {
    expect(await refusedGenerate(createCaller(app.url) as Caller)).toBe('UNAUTHENTICATED');
  });

  it('refuses what the credits do not pay for', async () => {
    const model = 'bytedance/seedream-4';
    expect(await refusedGenerate(caller, { model, options: { count: 11 } })).toBe('INSUFFICIENT_CREDITS');
  });

  it('refuses a key that was used for another request', async () => {
    const spender = await signUpSpender();
    const first = await generate(spender, { idempotencyKey: 'one' });
    expect((await generate(spender, { idempotencyKey: 'one' })).id).toBe(first.id);
    expect(await refusedGenerate(spender, { idempotencyKey: 'one', prompt: 'Another' })).toBe(
      'IDEMPOTENCY_CONFLICT idempotencyKey',
    );
    expect(await credits(spender)).toBe(18);
  });

  it('refuses a key that was used for another operation or another retry', async () => {
    const spender = await signUpSpender();
    const retry =
      'mutation ($id: ID!, $key: String) { retryTask(id: $id, idempotencyKey: $key) { task { id } } }';
    const retried = async (id: string, key: string) =>
      (await spender.ask<{ retryTask: { task: { id: string } } }>(retry, { id, key })).retryTask.task.id;
    const refused = (id: string, key: string) => spender.refusal(retry, { id, key });
    const conflict = 'IDEMPOTENCY_CONFLICT idempotencyKey';
    const [a, b] = [await generate(spender, { idempotencyKey: 'a' }), await generate(spender)];
    expect(await refused(a.id, 'a')).toBe(conflict);
    expect(await refused(b.id, 'a')).toBe(conflict);
    expect(await refused('nonsense', 'a')).toBe(conflict);

    const again = await retried(a.id, 'retry');
    expect([a.id, b.id]).not.toContain(again);
    expect(await refused(b.id, 'retry')).toBe(conflict);
    expect(await refusedGenerate(spender, { idempotencyKey: 'retry' })).toBe(conflict);
    await follow(spender, a.id);
    await spender.ask('mutation ($id: ID!) { deleteTask(id: $id) { deletedId } }', { id: a.id });
    expect(await retried(a.id, 'retry')).toBe(again);
    expect(await refused(a.id, 'another')).toBe('NOT_FOUND id');
    expect(await credits(spender)).toBe(14);
  });

  it('gives a code to what GraphQL itself refuses', async () => {
    expect(await caller.refusal('{ nothing }')).toBe('INVALID_INPUT');
    expect(await caller.refusal('{')).toBe('INVALID_INPUT');
    expect(await refusedGenerate(caller, { scene: 'VIDEO' })).toBe('INVALID_INPUT');
    expect(await caller.refusal(`{ ${'viewer { id } '.repeat(1_000)} }`)).toBe('QUERY_TOO_COMPLEX');
    expect(await caller.refusal(`{ ${'a{'.repeat(5_000)}`)).toBe('QUERY_TOO_COMPLEX');
    const deep = `tasks(first: 100) { nodes { ${'images { task { '.repeat(6)} id ${'} } '.repeat(6)} } }`;
    expect(await caller.refusal(`{ viewer { ${deep} } }`)).toBe('QUERY_TOO_COMPLEX');
  });

  it('charged nothing and stored nothing for any of this', async () => {
    expect(await credits(caller)).toBe(20);
    const { viewer } = await caller.ask<{ viewer: { tasks: { totalCount: number } } }>(
      '{ viewer { tasks { totalCount } } }',
    );
    expect(viewer.tasks.totalCount).toBe(0);
  });
});

describe('two mutations in one document', () => {
  // Turns red where a refused field takes the id of the task that the other one charged for along.
  it.each(['HTTP', 'WebSocket'] as const)(
    'answers the charged one beside the refused one over %s',
    async (name) => {
      const spender = await signUpSpender();
      const payload = '{ task { id costCredits } viewer { credits } }';
      const query = `mutation ($input: GenerateImageInput!) {
      charged: generateImage(input: $input) ${payload}
      refused: retryTask(id: "nonsense") ${payload}
    }`;
      const operation = { query, variables: generateVariables() };
      const authorization = `Bearer ${spender.token}`;
      const { text } = await transports[name](app.url, operation, { authorization });
      const message = JSON.parse(text);
      const { data, errors } = message.payload ?? message;
      expect(data).toEqual({
        charged: { task: { id: expect.any(String), costCredits: 2 }, viewer: { credits: 18 } },
        refused: null,
      });
      expect(errors).toMatchObject([{ path: ['refused'], extensions: { code: 'NOT_FOUND', field: 'id' } }]);
    },
  );
});

describe('uploadImage', () => {
  beforeAll(async () => {
    // Tasks of the tests above store their results.
    const unfinished = '{ viewer { tasks(filter: { status: [PENDING, PROCESSING] }) { totalCount } } }';
    const none = { viewer: { tasks: { totalCount: 0 } } };
    for (const spender of spenders)
      await vi.waitFor(async () => expect(await spender.ask(unfinished)).toEqual(none), {
        timeout: 60_000,
        interval: 250,
      });
  });
  const stored = async () =>
    readdir(path.join(app.dataDir, 'pictures'), { recursive: true }).then(
      (files) => files.length,
      () => 0,
    );
  const padded = () => Buffer.concat([picture, Buffer.alloc(5_242_880 + 1 - picture.length)]);

  it.each<[string, () => Uint8Array, { name?: string; type?: string }, string]>([
    ['a file of 5 MB and 1 byte', padded, {}, 'UPLOAD_TOO_LARGE file 5242880'],
    ['a file of 12 MB', () => Buffer.alloc(12_000_000), {}, 'UPLOAD_TOO_LARGE 5242880'],
    [
      'a PDF named .png',
      () => Buffer.from('%PDF-1.7\n%âãÏÓ\n1 0 obj'),
      { name: 'notes.png' },
      'UNSUPPORTED_MEDIA_TYPE file',
    ],
    ['an empty file', () => new Uint8Array(), {}, 'UNSUPPORTED_MEDIA_TYPE file'],
  ])('refuses %s', async (_, bytes, file, refusal) => {
    const before = await stored();
    const { errors } = await caller.upload(bytes(), file);
    const refusals = (errors ?? []).map(({ extensions: { code, field, maxBytes } }) =>
      [code, field, maxBytes].filter(Boolean).join(' '),
    );
    expect(refusals.join()).toBe(refusal);
    expect(await stored()).toBe(before);
  });

  it('refuses a visitor', async () => {
    const { errors } = await createCaller(app.url).upload(picture);
    expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });

  it('takes a file of exactly 5 MB', async () => {
    const { data } = await caller.upload(padded().subarray(0, 5_242_880));
    expect(data?.uploadImage.image.id).toBeTruthy();
  });
});
