/** With keys and base URLs set, the product calls those addresses and no emulator; answers have the vendors' shapes. */
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openScriptedServer, type ScriptedRequest, type ScriptedServer } from './support/scripted-server.ts';
import { generation, isPredictionCreated, picturePart, prediction } from './support/provider-messages.ts';
import { type Caller, follow, generate, signUp } from './support/api.ts';
import { startTestApp, type TestApp } from './support/start-app.ts';

let replicate: ScriptedServer;
let gemini: ScriptedServer;
let app: TestApp;
let caller: Caller;
let picture: Buffer;
let reference: string;

beforeAll(async () => {
  [replicate, gemini] = await Promise.all([openScriptedServer(), openScriptedServer()]);
  app = await startTestApp({
    REPLICATE_API_TOKEN: 'r8_test',
    REPLICATE_BASE_URL: `${replicate.url}/v1`,
    GEMINI_API_KEY: 'gemini-test',
    GEMINI_BASE_URL: gemini.url,
    SIGNUP_CREDITS: '100',
  });
  caller = await signUp(app.url);
  picture = await sharp({ create: { width: 320, height: 180, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer();
  reference = (await caller.upload(picture)).data!.uploadImage.image.id;
});
afterAll(async () => {
  await app?.remove();
  await Promise.all([replicate?.close(), gemini?.close()]);
});

const output = () => `${replicate.url}/delivery/out-0.jpg`;
const end = async (input: object) => (await follow(caller, (await generate(caller, input)).id)).at(-1)!;
const isOutput = ({ path }: ScriptedRequest) => path.startsWith('/delivery/');

it.each<[string, object, (path: string) => object]>([
  [
    'black-forest-labs/flux-schnell',
    { options: { count: 1 } },
    (url) => ({
      output: [url],
      logs: 'Using seed: 62182\n 75%|███████▌  | 3/4 [00:00<00:00]\n100%|██████████| 4/4\n',
      metrics: { image_count: 1, predict_time: 0.558 },
    }),
  ],
  [
    'google/nano-banana',
    { scene: 'IMAGE_TO_IMAGE' },
    (url) => ({ output: url, logs: 'Generated image in 8.89 seconds', metrics: { predict_time: 10.47 } }),
  ],
  ['bytedance/seedream-4', { scene: 'IMAGE_TO_IMAGE' }, (url) => ({ output: [{ url }], logs: null })],
])('%s, polled from starting over processing to succeeded', async (model, input, finished) => {
  const stages = [
    prediction('starting'),
    prediction('processing', { logs: ' 25%|██▌       | 1/4 [00:00<00:01]\n' }),
    prediction('succeeded', finished(output())),
  ];
  let polls = 0;
  replicate.answer((request) => {
    if (isOutput(request)) return { body: picture, headers: { 'content-type': 'image/jpeg' } };
    if (request.path.endsWith('/files'))
      return { status: 201, json: { id: 'file-1', urls: { get: `${replicate.url}/v1/files/file-1` } } };
    if (isPredictionCreated(request))
      return { status: 201, json: { ...stages[0], id: `id-of-${model.replaceAll('/', '-')}` } };
    return { json: { ...stages[Math.min(polls++, 2)], id: `id-of-${model.replaceAll('/', '-')}` } };
  });
  const referenceImages = 'scene' in input ? [reference] : undefined;
  const task = await end({ model, referenceImages, ...input });
  expect(task).toMatchObject({ status: 'SUCCESS', images: [{ width: 320, height: 180 }] });

  const creations = replicate.requests.filter(isPredictionCreated);
  expect(creations).toHaveLength(1);
  expect(creations[0]!.headers).toMatchObject({
    authorization: 'Bearer r8_test',
    'cancel-after': expect.stringMatching(/^\d+s$/),
  });
  expect(creations[0]!.json).toMatchObject({
    input: {
      prompt: 'A red kite over dunes',
      ...(referenceImages && { image_input: [`${replicate.url}/v1/files/file-1`] }),
    },
  });
  expect(replicate.requests.find(isOutput)!.headers.authorization).toBeUndefined();
});

it('gemini-3-pro-image-preview, sent as its successor, with the last picture kept', async () => {
  const draft = await sharp({ create: { width: 10, height: 10, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  const thought = { text: 'Planning the picture.', thought: true, thoughtSignature: 'x'.repeat(200_000) };
  gemini.answer(() => ({
    json: generation([thought, picturePart(draft), { text: 'Here it is.' }, picturePart(picture)]),
  }));
  const task = await end({
    model: 'gemini-3-pro-image-preview',
    scene: 'IMAGE_TO_IMAGE',
    referenceImages: [reference],
    options: { aspectRatio: '16:9', resolution: '2K' },
  });
  expect(task).toMatchObject({ status: 'SUCCESS', images: [{ width: 320, height: 180 }] });
  expect(gemini.requests).toHaveLength(1);
  expect(gemini.requests[0]!.path).toBe('/v1beta/models/gemini-3-pro-image:generateContent');
  expect(gemini.requests[0]!.json).toMatchObject({
    generationConfig: { imageConfig: { aspectRatio: '16:9', imageSize: '2K' } },
  });
});

it('a blocked prompt, and an answer without a picture', async () => {
  gemini.answer(() => ({
    json: {
      promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
      usageMetadata: {},
      modelVersion: 'm',
      responseId: 'r',
    },
  }));
  expect(await end({ model: 'gemini-3-pro-image' })).toMatchObject({
    status: 'FAILED',
    failure: { code: 'CONTENT_BLOCKED' },
    refundedCredits: 2,
  });
  gemini.answer(() => ({ json: { candidates: [{ content: {}, finishReason: 'NO_IMAGE', index: 0 }] } }));
  expect(await end({ model: 'gemini-3-pro-image' })).toMatchObject({
    status: 'FAILED',
    failure: { code: 'NO_IMAGE_RETURNED' },
    refundedCredits: 2,
  });
});

it('says that nothing is emulated', async () => {
  const { providers } = await caller.ask<{ providers: unknown }>('{ providers { name sandbox } }');
  expect(providers).toEqual([
    { name: 'replicate', sandbox: false },
    { name: 'gemini', sandbox: false },
  ]);
});
