import Replicate, { parseProgressFromLogs, type Prediction } from 'replicate';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { flux, nanoBanana, seedream, startReplicateTest } from '../../tests/support/sandbox.ts';

const input = { prompt: 'a red fox', megapixels: '0.25', output_format: 'png' };

async function download(address: string) {
  const response = await fetch(address);
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, contentType: response.headers.get('content-type'), bytes };
}

function picture(width: number, height: number) {
  return sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .png()
    .toBuffer();
}

describe('a prediction, through the SDK', () => {
  it('starts, runs with growing logs and succeeds with a picture for each that was asked for', async () => {
    await using test = await startReplicateTest({ speed: 5 });
    const created = await test.client.predictions.create({
      model: flux,
      input: { ...input, num_outputs: 2, seed: 42 },
    });
    expect(created).toMatchObject({
      id: expect.stringMatching(/^[0-9a-z]{26}$/),
      model: flux,
      version: 'hidden',
      status: 'starting',
      output: null,
      logs: '',
      error: null,
      data_removed: false,
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/),
      urls: { get: `${test.baseUrl}/predictions/${created.id}` },
    });
    expect(created.started_at).toBeUndefined();

    // Whether it still starts when it is asked for depends on how soon that is.
    const seen = new Set([created.status]);
    const percentages: number[] = [];
    const ended = await vi.waitFor(
      async () => {
        const prediction = await test.client.predictions.get(created.id);
        seen.add(prediction.status);
        const progress = parseProgressFromLogs(prediction);
        if (progress) percentages.push(progress.percentage);
        if (prediction.status !== 'succeeded') throw new Error(`still ${prediction.status}`);
        return prediction;
      },
      { timeout: 20_000, interval: 10 },
    );
    expect([...seen]).toEqual(['starting', 'processing', 'succeeded']);
    expect(new Set(percentages).size).toBeGreaterThan(2);
    expect(ended.logs).toContain('Using seed: 42\n');
    expect(ended.logs).toContain('Total safe images: 2 out of 2\n');
    expect(ended.metrics).toMatchObject({ image_count: 2, predict_time: expect.any(Number) });
    expect(ended.completed_at).toBeDefined();

    const pictures = await Promise.all(ended.output.map(download));
    expect(pictures).toMatchObject([1, 2].map(() => ({ status: 200, contentType: 'image/png' })));
    expect(await sharp(pictures[0]?.bytes).metadata()).toMatchObject({
      format: 'png',
      width: 512,
      height: 512,
    });
    expect(pictures[0]?.bytes.equals(pictures[1]?.bytes ?? Buffer.of())).toBe(false);
    expect(test.stats()).toEqual({
      creations: { 'a red fox': 1 },
      gets: { 'a red fox': expect.any(Number) },
      running: 0,
    });
  });

  it('is created by version as by model', async () => {
    await using test = await startReplicateTest();
    const model = await test.client.models.get('black-forest-labs', 'flux-schnell');
    const versions = [flux, model.latest_version?.id ?? '', `${flux}:${model.latest_version?.id}`];
    for (const version of versions) {
      const { model: name } = await test.client.predictions.create({ version, input });
      expect(name).toBe(flux);
    }
  });

  it('gives one address instead of a list where the model makes one picture', async () => {
    await using test = await startReplicateTest();
    const created = await test.client.predictions.create({
      model: nanoBanana,
      input: { prompt: 'a fox', output_format: 'png' },
    });
    const ended = await test.end(created);
    expect(ended.output).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/pbxt\/[\w-]{32}\/out-0\.png$/);
    expect(ended.logs).toMatch(
      /^Generating image with Gemini Flash\.\.\.\nGenerated image in \d+\.\d\d seconds\n$/,
    );
    expect(parseProgressFromLogs(ended)).toBeNull();
  });

  it('takes up to max_images in a series', async () => {
    await using test = await startReplicateTest();
    const series = { prompt: 'foxes', size: '1K', sequential_image_generation: 'auto', max_images: 3 };
    const ended = await test.end(await test.client.predictions.create({ model: seedream, input: series }));
    expect(ended.output).toHaveLength(3);
    const alone = await test.client.predictions.create({
      model: seedream,
      input: { prompt: 'fox', size: '1K', max_images: 3 },
    });
    expect((await test.end(alone)).output).toHaveLength(1);
  });

  it('starts from an uploaded file, a data URI or an address, and keeps the shape of the first', async () => {
    await using test = await startReplicateTest();
    const bytes = await picture(400, 200);
    const file = await test.client.files.create(bytes);
    const dataUri = `data:image/png;base64,${bytes.toString('base64')}`;
    const created = await test.client.predictions.create({
      model: nanoBanana,
      input: { prompt: 'the same, at night', image_input: [file.urls.get, dataUri] },
    });
    const { output } = await test.end(created);
    const first = await download(output);
    const { width, height } = await sharp(first.bytes).metadata();
    expect(width / height).toBeCloseTo(2, 1);
    const again = await test.client.predictions.create({
      model: nanoBanana,
      input: { prompt: 'again', image_input: [output] },
    });
    expect(await test.end(again)).toMatchObject({ status: 'succeeded' });
  });

  it.each([
    ['at an unknown host', 'https://pictures.example/fox.png', 'could not fetch the file'],
    ['that was never uploaded', 'FILES/none', 'could not fetch the file'],
    [
      'that is no picture',
      `data:image/png;base64,${Buffer.from('fox').toString('base64')}`,
      'cannot identify image file',
    ],
  ])('fails on an input %s', async (_title, address, reason) => {
    await using test = await startReplicateTest();
    const image_input = [address.replace('FILES', `${test.baseUrl}/files`)];
    const ended = await test.end(
      await test.client.predictions.create({ model: nanoBanana, input: { prompt: 'x', image_input } }),
    );
    expect(ended).toMatchObject({ status: 'failed', output: null });
    expect(ended.error).toContain('Input validation error: ');
    expect(ended.error).toContain(reason);
  });

  it('fails where inputs and outputs together are too many', async () => {
    await using test = await startReplicateTest();
    const one = `data:image/png;base64,${(await picture(8, 8)).toString('base64')}`;
    const tooMany = {
      prompt: 'x',
      image_input: Array(5).fill(one),
      sequential_image_generation: 'auto',
      max_images: 11,
    };
    const ended = await test.end(await test.client.predictions.create({ model: seedream, input: tooMany }));
    expect(ended).toMatchObject({ status: 'failed', error: expect.stringContaining('must not exceed 15') });
  });

  it('is canceled, and a second cancel changes nothing', async () => {
    await using test = await startReplicateTest({ speed: 1 });
    const created = await test.client.predictions.create({
      model: flux,
      input: { prompt: 'sandbox:slow=600' },
    });
    await vi.waitFor(
      async () => expect((await test.client.predictions.get(created.id)).status).toBe('processing'),
      { timeout: 5_000, interval: 20 },
    );
    const canceled = await test.client.predictions.cancel(created.id);
    expect(canceled).toMatchObject({
      status: 'canceled',
      output: null,
      logs: null,
      metrics: { predict_time: expect.any(Number) },
    });
    expect(await test.client.predictions.cancel(created.id)).toEqual(canceled);
    await vi.waitFor(() => expect(test.stats().running).toBe(0), { timeout: 5_000, interval: 10 });
    expect(await test.client.predictions.get(created.id)).toEqual(canceled);
  });

  it('is left as it ended by a cancel that comes too late', async () => {
    await using test = await startReplicateTest();
    const ended = await test.end(await test.client.predictions.create({ model: flux, input }));
    expect(await test.client.predictions.cancel(ended.id)).toEqual(ended);
  });

  it('loses its pictures and data an hour after its end, and is forgotten an hour later', async () => {
    let skewMs = 0;
    await using test = await startReplicateTest({ now: () => Date.now() + skewMs });
    const ended = await test.end(await test.client.predictions.create({ model: flux, input }));
    skewMs = 59 * 60_000;
    expect((await download(ended.output[0])).status).toBe(200);
    skewMs = 61 * 60_000;
    expect((await download(ended.output[0])).status).toBe(404);
    expect(await test.client.predictions.get(ended.id)).toMatchObject({
      status: 'succeeded',
      data_removed: true,
      output: null,
      input: {},
      logs: '',
    });
    skewMs = 121 * 60_000;
    await expect(test.client.predictions.get(ended.id)).rejects.toThrow('status 404');
  });
});

describe('the list of predictions', () => {
  it('comes newest first in pages of a hundred that link to each other', async () => {
    await using test = await startReplicateTest({ speed: 1 });
    for (let count = 0; count < 102; count++) {
      await test.client.predictions.create({ model: flux, input: { prompt: `${count} sandbox:queued=600` } });
    }
    const pages: Prediction[][] = [];
    for await (const page of test.client.paginate(test.client.predictions.list)) pages.push(page);
    expect(pages.map(({ length }) => length)).toEqual([100, 2]);
    const numbers = pages
      .flat()
      .map(({ input: { prompt } }: { input: { prompt?: string } }) => Number.parseInt(prompt ?? ''));
    expect(numbers).toEqual(Array.from({ length: 102 }, (_, index) => 101 - index));
    const first = await test.client.predictions.list();
    expect(first.previous).toBeNull();
    const second = await (await test.client.request(first.next ?? '', {})).json();
    expect(second.next).toBeNull();
    expect(await (await test.client.request(second.previous, {})).json()).toEqual(first);
  });

  it('carries each webhook, by which a lost creation is found again', async () => {
    await using test = await startReplicateTest();
    const webhook = 'https://proofsheet.example/webhooks/replicate?task=t1';
    const { id } = await test.client.predictions.create({ model: flux, input, webhook });
    expect((await test.client.predictions.list()).results).toMatchObject([{ id, webhook }]);
  });
});

describe('the account', () => {
  it('answers the SDK about itself', async () => {
    await using test = await startReplicateTest();
    expect(await test.client.accounts.current()).toMatchObject({ type: 'user' });
    expect(await test.client.hardware.list()).toHaveLength(1);
    expect(await test.client.models.get('google', 'nano-banana')).toMatchObject({
      name: 'nano-banana',
      is_official: true,
    });
    expect(await test.client.webhooks.default.secret.get()).toEqual({ key: test.webhookSecret });
    await expect(test.client.models.get('google', 'other')).rejects.toThrow('status 404');
  });

  it('is closed to another token', async () => {
    await using test = await startReplicateTest();
    const stranger = new Replicate({ auth: 'r8_wrong', baseUrl: test.baseUrl });
    await expect(stranger.accounts.current()).rejects.toThrow('status 401');
    await expect(stranger.predictions.create({ model: flux, input })).rejects.toThrow('status 401');
    expect(test.stats().creations).toEqual({});
  });
});

describe('files', () => {
  it('are uploaded, described, listed, read with the token alone, and deleted', async () => {
    await using test = await startReplicateTest();
    const bytes = await picture(8, 8);
    const file = await test.client.files.create(
      new File([new Uint8Array(bytes)], 'fox.png', { type: 'image/png' }),
      { task: 't1' },
    );
    expect(file).toMatchObject({
      name: 'fox.png',
      content_type: 'image/png',
      size: bytes.length,
      checksums: {
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        md5: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
      metadata: { task: 't1' },
      urls: { get: `${test.baseUrl}/files/${file.id}` },
    });
    expect(Date.parse(file.expires_at ?? '') - Date.parse(file.created_at)).toBe(24 * 60 * 60_000);
    expect(await test.client.files.get(file.id)).toEqual(file);
    expect((await test.client.files.list()).results).toEqual([file]);
    const content = await fetch(`${file.urls.get}/download`, {
      headers: { Authorization: `Bearer ${test.token}` },
    });
    expect(Buffer.from(await content.arrayBuffer()).equals(bytes)).toBe(true);
    expect((await fetch(`${file.urls.get}/download`)).status).toBe(401);
    expect(await test.client.files.delete(file.id)).toBe(true);
    await expect(test.client.files.get(file.id)).rejects.toThrow('status 404');
  });

  it('need a content field', async () => {
    await using test = await startReplicateTest();
    expect(await test.call('/files', { method: 'POST', body: 'no form' })).toMatchObject({ status: 400 });
  });
});
