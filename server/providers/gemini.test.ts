import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { describeProvider, vendorText } from '../../tests/support/conformance/provider.ts';
import { createGeminiProvider, type GeminiProviderOptions } from './gemini.ts';
import type { GenerationRequest, GenerationState } from './provider.ts';
import {
  openScriptedServer,
  type Script,
  type ScriptedAnswer,
  type ScriptedServer,
} from '../../tests/support/scripted-server.ts';
import {
  apiKey,
  generation,
  googleError,
  picturePart,
  request as anyRequest,
} from '../../tests/support/provider-messages.ts';

const signal = new AbortController().signal;

const request = (fields: Partial<GenerationRequest> = {}) =>
  anyRequest({ model: 'gemini-3-pro-image-preview', ...fields });

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

describeProvider('gemini', {
  key: apiKey,
  createProvider: (baseUrl) => createGeminiProvider({ apiKey, baseUrl, timeoutMs: 3000 }),
  request: request(),
  isCreation: ({ method, path }) => method === 'POST' && path.endsWith(':generateContent'),
  modelOf: ({ path }) => /\/models\/(.+):generateContent$/.exec(path)![1]!,
  models: {
    'gemini-3-pro-image-preview': 'gemini-3-pro-image',
    'gemini-3.1-flash-image': 'gemini-3.1-flash-image',
    'gemini-nano-banana-2.1': 'gemini-nano-banana-2.1',
  },
  succeeding: (bytes) => () => ({ json: generation([picturePart(bytes)]) }),
  blocked: () => ({ json: { promptFeedback: { blockReason: 'SAFETY', blockReasonMessage: vendorText } } }),
  unauthorized: () => googleError(403, 'PERMISSION_DENIED', [{ detail: `${vendorText} ${apiKey}` }]),
  rateLimited: () => googleError(429, 'RESOURCE_EXHAUSTED', [{ retryDelay: '3s' }]),
  afterServerError: 'failed',
  afterDrop: 'failed',
});

describe('the gemini adapter', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await openScriptedServer();
  });
  afterAll(() => server.close());

  const start = (
    script: Script | ScriptedAnswer,
    sent = request(),
    options: Partial<GeminiProviderOptions> = {},
  ): Promise<GenerationState> => {
    server.answer(typeof script === 'function' ? script : () => script);
    const provider = createGeminiProvider({ apiKey, baseUrl: server.url, timeoutMs: 2000, ...options });
    return provider.start(sent, { signal });
  };
  const readAll = async (state: GenerationState): Promise<string[]> => {
    if (state.status !== 'succeeded') throw new Error(`Ended as ${state.status}`);
    return Promise.all(
      state.images.map(async (image) => Buffer.from(await image.read({ signal })).toString()),
    );
  };

  describe('sends', () => {
    const done: ScriptedAnswer = { json: generation([picturePart('bytes')]) };

    it('a request for pictures alone to the model of today, with its key in a header', async () => {
      await start(done, request({ options: { count: 1, aspectRatio: '16:9', resolution: '2K' } }));
      expect(server.requests).toHaveLength(1);
      const [sent] = server.requests;
      expect(sent?.path).toBe('/v1beta/models/gemini-3-pro-image:generateContent');
      expect(sent?.headers).toMatchObject({ 'x-goog-api-key': apiKey, 'x-server-timeout': '2' });
      expect(sent?.json).toEqual({
        contents: [{ role: 'user', parts: [{ text: 'a lighthouse' }] }],
        generationConfig: {
          responseModalities: ['IMAGE'],
          imageConfig: { aspectRatio: '16:9', imageSize: '2K' },
        },
      });
    });

    it('another name for the retired preview where one is configured, and for no other model', async () => {
      const options = { model: 'gemini-nano-banana-2.1' };
      await start(done, request(), options);
      expect(server.requests[0]?.path).toBe('/v1beta/models/gemini-nano-banana-2.1:generateContent');
      await start(done, request({ model: 'gemini-3.1-flash-image' }), options);
      expect(server.requests[0]?.path).toBe('/v1beta/models/gemini-3.1-flash-image:generateContent');
    });

    it('to the same place whatever the environment says', async () => {
      onTestFinished(() => void vi.unstubAllEnvs());
      vi.stubEnv('GOOGLE_GENAI_USE_VERTEXAI', 'true');
      vi.stubEnv('GOOGLE_GENAI_API_VERSION', 'v1');
      vi.stubEnv('GOOGLE_GEMINI_BASE_URL', 'http://127.0.0.1:9');
      vi.stubEnv('GEMINI_API_KEY', 'another-key');
      await start(done);
      expect(server.requests[0]?.path).toBe('/v1beta/models/gemini-3-pro-image:generateContent');
      expect(server.requests[0]?.headers['x-goog-api-key']).toBe(apiKey);
    });

    it('references after the text, and no shape where the first of them gives it', async () => {
      const references = [
        { bytes: Buffer.from('first'), contentType: 'image/png' },
        { bytes: Buffer.from('second'), contentType: 'image/webp' },
      ];
      await start(
        done,
        request({
          references,
          scene: 'IMAGE_TO_IMAGE',
          options: { count: 1, aspectRatio: 'match_input_image' },
        }),
      );
      expect(server.requests[0]?.json).toEqual({
        contents: [
          {
            role: 'user',
            parts: [
              { text: 'a lighthouse' },
              { inlineData: { mimeType: 'image/png', data: base64('first') } },
              { inlineData: { mimeType: 'image/webp', data: base64('second') } },
            ],
          },
        ],
        generationConfig: { responseModalities: ['IMAGE'] },
      });
    });

    it('one call for each picture, with seeds that differ and stay within their range', async () => {
      await start(
        done,
        request({ options: { count: 3, seed: 2_147_483_646 }, providerOptions: { temperature: 2 } }),
      );
      const configs = server.requests.map(
        ({ json }) => (json as { generationConfig: object }).generationConfig,
      );
      expect(configs).toHaveLength(3);
      expect(configs.map((config) => (config as { seed: number }).seed).toSorted()).toEqual([
        0, 2_147_483_646, 2_147_483_647,
      ]);
      for (const config of configs) expect(config).toMatchObject({ temperature: 2 });
    });

    it('one request though the answer asks to be continued', async () => {
      const state = await start({
        json: generation([], { finishReason: 'CONTINUATION', continuationToken: 'more' }),
      });
      expect(state).toMatchObject({ failure: { code: 'NO_IMAGE_RETURNED', reason: 'CONTINUATION' } });
      expect(server.requests).toHaveLength(1);
    });
  });

  describe('takes', () => {
    it.each<[string, unknown[]]>([
      ['the picture beside words', [{ text: 'Here it is' }, picturePart('wanted')]],
      [
        'the last of several pictures',
        [picturePart('draft'), picturePart('second draft'), picturePart('wanted'), { text: '' }],
      ],
      ['no thought for a picture', [picturePart('wanted'), picturePart('thought', { thought: true })]],
      ['a picture without a type', [{ inlineData: { data: base64('wanted') } }]],
      [
        'no sound for a picture',
        [picturePart('wanted'), { inlineData: { mimeType: 'audio/wav', data: 'AAAA' } }],
      ],
    ])('%s', async (_, parts) => {
      expect(await readAll(await start({ json: generation(parts) }))).toEqual(['wanted']);
    });

    it('a picture although the answer ended for a reason that blocks nothing', async () => {
      const state = await start({
        json: generation([picturePart('wanted')], { finishReason: 'MAX_TOKENS' }),
      });
      expect(await readAll(state)).toEqual(['wanted']);
    });

    it('an answer without its bytes and signatures', async () => {
      const state = await start({ json: generation([{ text: 'Here it is' }, picturePart('wanted')]) });
      expect(state).toMatchObject({
        externalId: 'resp-0001',
        answer: { usageMetadata: { totalTokenCount: 1129 } },
      });
      expect(JSON.stringify(state.answer)).toContain('Here it is');
      expect(JSON.stringify(state.answer)).not.toContain(base64('wanted'));
      expect(JSON.stringify(state.answer)).not.toContain('c2lnbmF0dXJl');
    });

    it('the pictures that came where others did not', async () => {
      let calls = 0;
      const state = await start(
        () => {
          calls += 1;
          return calls === 2
            ? { json: generation([picturePart('wanted')]) }
            : googleError(503, 'UNAVAILABLE');
        },
        request({ options: { count: 3 } }),
      );
      expect(await readAll(state)).toEqual(['wanted']);
      expect(server.requests).toHaveLength(3);
    });

    it('the failure that says most where no picture came', async () => {
      let calls = 0;
      const answers = [
        googleError(503, 'UNAVAILABLE'),
        { json: generation([], { finishReason: 'IMAGE_SAFETY' }) },
        googleError(429, 'RESOURCE_EXHAUSTED'),
      ];
      const state = await start(() => answers[calls++] ?? { drop: true }, request({ options: { count: 3 } }));
      expect(state).toMatchObject({
        status: 'failed',
        failure: { code: 'CONTENT_BLOCKED', reason: 'IMAGE_SAFETY' },
      });
      expect(state).not.toHaveProperty('failure.retry');
    });
  });

  it('takes a dropped connection as worth a few more calls', async () => {
    const state = await start({ drop: true });
    expect(state).toMatchObject({
      status: 'failed',
      failure: { code: 'PROVIDER_UNAVAILABLE', retry: { maxAttempts: 3 } },
    });
    expect(server.requests).toHaveLength(1);
  });

  it('ends a call that takes too long, and does not repeat it', async () => {
    const state = await start({ hang: true }, request(), { timeoutMs: 300 });
    expect(state).toEqual({ status: 'failed', failure: { code: 'TIMEOUT', reason: 'TIMEOUT' } });
    expect(server.requests).toHaveLength(1);
  });

  it('gives a call no longer than the task has left', async () => {
    await start({ json: generation([picturePart('p')]) }, request({ timeLeftMs: 900 }));
    expect(server.requests[0]?.headers['x-server-timeout']).toBe('1');
  });

  it('logs codes and numbers only', async () => {
    const lines: unknown[] = [];
    const log = { warn: (details: object, message: string) => lines.push({ ...details, message }) };
    await start(googleError(403, 'PERMISSION_DENIED'), request(), { log });
    expect(lines).toMatchObject([{ call: 'gemini.generateContent', httpStatus: 403 }]);
    expect(JSON.stringify(lines)).not.toContain(apiKey);
    expect(JSON.stringify(lines)).not.toContain(vendorText);
  });
});
