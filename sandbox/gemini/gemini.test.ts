import { Modality } from '@google/genai';
import sharp from 'sharp';
import { describe, expect, it, vi } from 'vitest';
import { image, geminiModel, startGeminiTest } from '../../tests/support/sandbox.ts';

async function sizeOf(part: { inlineData?: { data?: string } } | undefined) {
  const { format, width, height } = await sharp(
    Buffer.from(part?.inlineData?.data ?? '', 'base64'),
  ).metadata();
  return { format, width, height };
}

describe('generateContent, through the SDK', () => {
  it('answers with a JPEG of the ratio and size asked for, and a large thoughtSignature', async () => {
    await using test = await startGeminiTest();
    const { candidates, usageMetadata, modelVersion, responseId } = await test.client.models.generateContent({
      model: geminiModel,
      contents: 'a red fox',
      config: {
        responseModalities: [Modality.IMAGE],
        imageConfig: { aspectRatio: '16:9', imageSize: '2K' },
        seed: 7,
      },
    });
    expect(candidates).toMatchObject([{ finishReason: 'STOP', index: 0, content: { role: 'model' } }]);
    const part = candidates?.[0]?.content?.parts?.at(-1);
    expect(part?.inlineData?.mimeType).toBe('image/jpeg');
    expect(await sizeOf(part)).toEqual({ format: 'jpeg', width: 2752, height: 1536 });
    expect(part?.thoughtSignature?.length).toBeGreaterThanOrEqual(200_000);
    expect(usageMetadata).toMatchObject({
      promptTokenCount: 3,
      candidatesTokenCount: 1120,
      serviceTier: 'standard',
    });
    expect(usageMetadata?.totalTokenCount).toBe(3 + 1120 + 174);
    expect({ modelVersion, responseId }).toEqual({
      modelVersion: geminiModel,
      responseId: expect.stringMatching(/^[\w-]{22}$/),
    });
    expect(test.stats()).toEqual({ creations: { 'a red fox': 1 }, gets: {}, running: 0 });
  });

  it('adds a text where it may, and thoughts where they are wanted', async () => {
    await using test = await startGeminiTest();
    const { candidates } = await test.client.models.generateContent({
      model: geminiModel,
      contents: 'a red fox sandbox:drafts',
      config: { thinkingConfig: { includeThoughts: true } },
    });
    const parts = candidates?.[0]?.content?.parts ?? [];
    const kinds = parts.map(
      ({ thought, text }) => `${thought ? 'thought ' : ''}${text ? 'text' : 'picture'}`,
    );
    expect(kinds).toEqual(['thought text', 'thought picture', 'text', 'picture', 'picture']);
    expect(await sizeOf(parts.at(-2))).toMatchObject({ width: 512 });
    expect(await sizeOf(parts.at(-1))).toMatchObject({ width: 1024 });
  });

  it('keeps the shape of the first reference where no ratio is asked for', async () => {
    await using test = await startGeminiTest();
    const bytes = await sharp({ create: { width: 300, height: 200, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    const { candidates, usageMetadata } = await test.client.models.generateContent({
      model: geminiModel,
      contents: [{ role: 'user', parts: [{ text: 'at night' }, image('image/png', bytes)] }],
    });
    const { width, height } = await sizeOf(candidates?.[0]?.content?.parts?.at(-1));
    expect(width / height).toBeCloseTo(1.5, 1);
    expect(usageMetadata?.promptTokensDetails).toContainEqual({ modality: 'IMAGE', tokenCount: 560 });
  });

  it('makes other pictures for other seeds, and the same for the same', async () => {
    await using test = await startGeminiTest();
    const draw = async (seed?: number) => {
      const config = { responseModalities: [Modality.IMAGE], ...(seed !== undefined && { seed }) };
      const { candidates } = await test.client.models.generateContent({
        model: geminiModel,
        contents: 'a fox',
        config,
      });
      return candidates?.[0]?.content?.parts?.at(-1)?.inlineData?.data;
    };
    const [first, same, other, random] = [await draw(7), await draw(7), await draw(8), await draw()];
    expect(first).toBe(same);
    expect(new Set([first, other, random]).size).toBe(3);
  });

  it('streams the picture in one event and the end in another', async () => {
    await using test = await startGeminiTest();
    const stream = await test.client.models.generateContentStream({
      model: geminiModel,
      contents: 'a red fox',
    });
    const chunks = await Array.fromAsync(stream);
    expect(chunks.map(({ candidates }) => candidates?.[0]?.finishReason)).toEqual([undefined, 'STOP']);
    expect(await sizeOf(chunks[0]?.candidates?.[0]?.content?.parts?.at(-1))).toMatchObject({
      format: 'jpeg',
    });
  });

  it('describes the model', async () => {
    await using test = await startGeminiTest();
    expect(await test.client.models.get({ model: geminiModel })).toMatchObject({
      name: `models/${geminiModel}`,
    });
  });

  it('stops working when the client leaves', async () => {
    await using test = await startGeminiTest({ speed: 1 });
    const leave = new AbortController();
    const config = { abortSignal: leave.signal };
    const answer = test.client.models.generateContent({
      model: geminiModel,
      contents: 'sandbox:slow=900',
      config,
    });
    await vi.waitFor(() => expect(test.stats().running).toBe(1), {
      timeout: 5_000,
      interval: 10,
    });
    leave.abort();
    await expect(answer).rejects.toThrow();
    await vi.waitFor(() => expect(test.stats().running).toBe(0), { timeout: 5_000, interval: 10 });
  });
});

describe('the HTTP of an answer', () => {
  it('is chunked, under v1 as under v1beta, and takes the key from the query', async () => {
    await using test = await startGeminiTest();
    const contents = [{ parts: [{ text: 'a fox' }] }];
    const path = `/v1/models/${geminiModel}:generateContent?key=${test.apiKey}`;
    const response = await fetch(`${test.baseUrl}${path}`, {
      method: 'POST',
      body: JSON.stringify({ contents }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('transfer-encoding')).toBe('chunked');
    expect(response.headers.get('content-type')).toBe('application/json; charset=UTF-8');
    expect(response.headers.get('server-timing')).toMatch(/^gfet4t7; dur=\d+$/);
    await response.arrayBuffer();
  });

  it('fails loudly under the version of another product', async () => {
    await using test = await startGeminiTest();
    const path = `/v1beta1/publishers/google/models/${geminiModel}:generateContent`;
    const { status, headers, body } = await test.call({}, { path });
    expect({ status, type: headers.get('content-type'), body }).toEqual({
      status: 404,
      type: 'text/plain; charset=UTF-8',
      body: undefined,
    });
  });

  it('serves what it counted', async () => {
    await using test = await startGeminiTest();
    await test.say('sandbox:blocked');
    const stats = await fetch(`${test.baseUrl}/sandbox/stats`);
    expect(await stats.json()).toEqual({ creations: { 'sandbox:blocked': 1 }, gets: {}, running: 0 });
  });
});
