import { ApiError } from '@google/genai';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { image, geminiModel, startGeminiTest } from '../../tests/support/sandbox.ts';

describe('a refused call', () => {
  it('tells a missing key from a wrong one', async () => {
    await using test = await startGeminiTest();
    const wrong = await test.say('x', {}, { 'x-goog-api-key': 'wrong' });
    expect(wrong).toMatchObject({
      status: 400,
      body: { error: { code: 400, status: 'INVALID_ARGUMENT', details: [{ reason: 'API_KEY_INVALID' }] } },
    });
    const path = `/v1beta/models/${geminiModel}:generateContent`;
    const missing = await fetch(`${test.baseUrl}${path}`, { method: 'POST', body: '{}' });
    expect(missing.status).toBe(403);
    expect(await missing.json()).toMatchObject({ error: { status: 'PERMISSION_DENIED' } });
  });

  it.each(['gemini-3-pro-image-preview', 'gemini-2.5-flash-image', 'nothing'])(
    'knows %s no more',
    async (name) => {
      await using test = await startGeminiTest();
      const error = await test.client.models
        .generateContent({ model: name, contents: 'x' })
        .catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ApiError);
      const { status, message } = error as ApiError;
      expect(status).toBe(404);
      expect(JSON.parse(message).error).toMatchObject({
        status: 'NOT_FOUND',
        message: expect.stringContaining(`models/${name} is not found for API version v1beta`),
      });
    },
  );

  it.each([
    [
      'an unknown ratio',
      { generationConfig: { imageConfig: { aspectRatio: '7:1' } } },
      'generation_config.image_config.aspect_ratio',
    ],
    [
      'Replicate’s word for a ratio',
      { generationConfig: { imageConfig: { aspectRatio: 'match_input_image' } } },
      'generation_config.image_config.aspect_ratio',
    ],
    [
      'a size in small letters',
      { generationConfig: { imageConfig: { imageSize: '2k' } } },
      'generation_config.image_config.image_size',
    ],
    [
      'an unknown field',
      { generationConfig: { aspectRatio: '1:1' } },
      'Unknown name "aspectRatio" at \'generation_config\': Cannot find field.',
    ],
    ['an unknown field at the top', { prompt: 'x' }, 'Unknown name "prompt": Cannot find field.'],
    ['several candidates', { generationConfig: { candidateCount: 2 } }, 'Only one candidate'],
    ['no contents', { contents: undefined }, 'contents'],
    ['a turn without parts', { contents: [{ parts: [] }] }, 'contents[0].parts'],
    [
      'a wrong MIME type',
      { contents: [{ parts: [image('image/gif', Buffer.of(1))] }] },
      'Unsupported MIME type: image/gif',
    ],
    [
      'what is no base64',
      { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: '###' } }] }] },
      'contents[0].parts[0].inline_data.data',
    ],
    [
      'too many images',
      { contents: [{ parts: Array(15).fill(image('image/png', Buffer.of(1))) }] },
      'At most 14 images',
    ],
    [
      'too large an image',
      { contents: [{ parts: [image('image/png', Buffer.alloc(7_000_001))] }] },
      'larger than 7000000 bytes',
    ],
    [
      'an image that is none',
      { contents: [{ parts: [image('image/png', Buffer.from('fox'))] }] },
      'Unable to process input image',
    ],
  ])('names %s', async (_title, body, message) => {
    await using test = await startGeminiTest();
    const answer = await test.say('x', body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({
      code: 400,
      status: 'INVALID_ARGUMENT',
      message: expect.stringContaining(message),
    });
  });

  it('is one of more than 20 MB, or no JSON', async () => {
    await using test = await startGeminiTest();
    const large = await test.say('x'.repeat(20 * 1024 * 1024));
    expect(large.body.error.message).toBe('Request payload size exceeds the limit: 20971520 bytes.');
    expect(await test.call('{"contents":')).toMatchObject({
      status: 400,
      body: { error: { status: 'INVALID_ARGUMENT' } },
    });
  });

  it('takes the largest request of pictures', async () => {
    await using test = await startGeminiTest();
    const pixels = { width: 8, height: 8, channels: 3 as const, background: 'teal' };
    const png = await sharp({ create: pixels }).png().toBuffer();
    // Bytes after the end of a PNG are ignored, so a small picture can be as large as any.
    const padded = Buffer.concat([png, Buffer.alloc(7_000_000 - png.length)]);
    const { status } = await test.say('sandbox:blocked', {
      contents: [
        { parts: [{ text: 'sandbox:blocked' }, image('image/png', padded), image('image/png', padded)] },
      ],
    });
    expect(status).toBe(200);
  });
});
