import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGeminiProvider } from './gemini.ts';
import type { GenerationState } from './provider.ts';
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
  request,
} from '../../tests/support/provider-messages.ts';

const signal = new AbortController().signal;

const retryInfo = (retryDelay: string) => ({
  '@type': 'type.googleapis.com/google.rpc.RetryInfo',
  retryDelay,
});
/** An error with a message that is matched, in the shape that Google sends it. */
const said = (code: number, status: string, message: string, details: unknown[] = []): ScriptedAnswer => ({
  status: code,
  json: { error: { code, message, status, details } },
});
const quota = (quotaId: string, quotaValue = '20') => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaId, quotaValue }],
});

describe('the gemini adapter', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await openScriptedServer();
  });
  afterAll(() => server.close());

  const start = (answer: ScriptedAnswer | Script, sent = request()): Promise<GenerationState> => {
    server.answer(typeof answer === 'function' ? answer : () => answer);
    return createGeminiProvider({ apiKey, baseUrl: server.url, timeoutMs: 2000 }).start(sent, { signal });
  };

  describe('reads an answer', () => {
    it.each(['SAFETY', 'OTHER', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'IMAGE_SAFETY', 'JAILBREAK'])(
      'to a prompt blocked for %s as blocked',
      async (blockReason) => {
        const state = await start({ json: { promptFeedback: { blockReason }, responseId: 'resp-0002' } });
        expect(state).toMatchObject({ status: 'failed', externalId: 'resp-0002' });
        expect(state.status === 'failed' && state.failure).toEqual({
          code: 'CONTENT_BLOCKED',
          reason: blockReason,
        });
      },
    );

    it.each([
      'SAFETY',
      'IMAGE_SAFETY',
      'PROHIBITED_CONTENT',
      'IMAGE_PROHIBITED_CONTENT',
      'BLOCKLIST',
      'SPII',
      'RECITATION',
      'IMAGE_RECITATION',
    ])(
      'that ended for %s as blocked, even with a picture, and keeps what was said of it',
      async (finishReason) => {
        const state = await start({
          json: generation([picturePart('p')], { finishReason, finishMessage: 'Said why.' }),
        });
        expect(state.status === 'failed' && state.failure).toEqual({
          code: 'CONTENT_BLOCKED',
          reason: finishReason,
        });
        expect(JSON.stringify(state.answer)).toContain('Said why.');
      },
    );

    it.each<[string, unknown]>([
      ['NO_IMAGE', { candidates: [{ content: {}, finishReason: 'NO_IMAGE', index: 0 }] }],
      ['IMAGE_OTHER', generation([], { finishReason: 'IMAGE_OTHER' })],
      ['OTHER', generation([], { finishReason: 'OTHER' })],
      ['MALFORMED_RESPONSE', generation([], { finishReason: 'MALFORMED_RESPONSE' })],
      ['MAX_TOKENS', generation([{ text: 'thinking', thought: true }], { finishReason: 'MAX_TOKENS' })],
      ['STOP', generation([])],
      ['NO_CANDIDATES', { usageMetadata: {} }],
    ])('without a picture for %s as worth one more call', async (reason, json) => {
      const state = await start({ json });
      expect(state).toMatchObject({
        status: 'failed',
        failure: { code: 'NO_IMAGE_RETURNED', reason, retry: { maxAttempts: 2 } },
      });
    });

    it.each<[string, unknown]>([
      ['SOMETHING_NEW', generation([], { finishReason: 'SOMETHING_NEW' })],
      ['UNEXPECTED_TOOL_CALL', generation([], { finishReason: 'UNEXPECTED_TOOL_CALL' })],
      [undefined as unknown as string, { candidates: [{ content: {} }] }],
    ])('without a picture for %s, which no row has, as one that stands', async (reason, json) => {
      const state = await start({ json });
      expect(state.status === 'failed' && state.failure).toEqual({
        code: 'NO_IMAGE_RETURNED',
        ...(reason !== undefined && { reason }),
      });
    });

    it.each(['STOP', 'NO_IMAGE', 'IMAGE_OTHER', 'SOMETHING_NEW'])(
      'in words alone, ended for %s, as declined',
      async (finishReason) => {
        const parts = [
          { text: 'Planning.', thought: true },
          { text: "I can't create images of real people." },
        ];
        const state = await start({ json: generation(parts, { finishReason }) });
        expect(state.status === 'failed' && state.failure).toEqual({
          code: 'DECLINED',
          reason: finishReason,
        });
        expect(server.requests).toHaveLength(1);
      },
    );

    it.each(['IMAGE_SAFETY_V2', 'SENSITIVE_CONTENT', 'PROHIBITED_USE'])(
      'that ended for a new kind of block, %s, as blocked',
      async (finishReason) => {
        const state = await start({ json: generation([], { finishReason }) });
        expect(state).toMatchObject({ failure: { code: 'CONTENT_BLOCKED', reason: finishReason } });
      },
    );

    it('with a picture beside a blocked candidate as a success', async () => {
      const [candidate] = generation([picturePart('wanted')])['candidates'] as object[];
      const candidates = [
        { finishReason: 'SAFETY', content: { parts: [picturePart('blocked')] } },
        candidate,
      ];
      const state = await start({ json: { candidates: [...candidates, { finishReason: 'LANGUAGE' }] } });
      if (state.status !== 'succeeded') throw new Error(`Ended as ${state.status}`);
      expect(Buffer.from(await state.images[0].read({ signal })).toString()).toBe('wanted');
    });

    it.each<[string, (base64: string, url: string) => object]>([
      ['a data URI', (data) => ({ inlineData: { data: `data:image/png;base64,${data}` } })],
      ['underscores', (data) => ({ inline_data: { mime_type: 'image/png', data } })],
      [
        'no type that says anything',
        (data) => ({ inlineData: { mimeType: 'application/octet-stream', data } }),
      ],
      ['an address', (_, url) => ({ fileData: { mimeType: 'image/png', fileUri: url } })],
      ['an address with underscores', (_, url) => ({ file_data: { file_uri: url } })],
    ])('whose picture comes with %s', async (_, part) => {
      const data = Buffer.from('wanted').toString('base64');
      const state = await start((sent) =>
        sent.path === '/0.png'
          ? { body: 'wanted' }
          : { json: generation([part(data, `${server.url}/0.png`)]) },
      );
      if (state.status !== 'succeeded') throw new Error(`Ended as ${state.status}`);
      expect(Buffer.from(await state.images[0].read({ signal })).toString()).toBe('wanted');
      expect(server.requests.at(-1)?.headers['x-goog-api-key']).toBe(
        server.requests.length === 2 ? undefined : apiKey,
      );
    });

    it('about the language as a fault of the input', async () => {
      const state = await start({ json: generation([], { finishReason: 'LANGUAGE' }) });
      expect(state.status === 'failed' && state.failure).toEqual({
        code: 'INVALID_INPUT',
        reason: 'LANGUAGE',
      });
    });

    it.each<[string, ScriptedAnswer]>([
      ['that is a page', { body: '<html>', headers: { 'content-type': 'text/html' } }],
      ['that is cut short', { body: '{"candidates":[{"content":{"par' }],
      ['that breaks off', { cutOff: '{"candidates":[' }],
    ])('%s as bad, and worth one more call', async (_, bad) => {
      const state = await start(bad);
      expect(state).toMatchObject({
        status: 'failed',
        failure: { code: 'PROVIDER_BAD_RESPONSE', retry: { maxAttempts: 2 } },
      });
    });

    it.each<[ScriptedAnswer, object]>([
      [googleError(400, 'INVALID_ARGUMENT'), { code: 'INVALID_INPUT', reason: 'INVALID_ARGUMENT' }],
      [
        googleError(400, 'INVALID_ARGUMENT', [
          { '@type': 'x/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' },
        ]),
        { code: 'PROVIDER_AUTH', reason: 'API_KEY_INVALID' },
      ],
      [
        googleError(400, 'FAILED_PRECONDITION'),
        { code: 'INSUFFICIENT_PROVIDER_CREDIT', reason: 'FAILED_PRECONDITION' },
      ],
      [googleError(401, 'UNAUTHENTICATED'), { code: 'PROVIDER_AUTH', reason: 'UNAUTHENTICATED' }],
      [googleError(403, 'PERMISSION_DENIED'), { code: 'PROVIDER_AUTH', reason: 'PERMISSION_DENIED' }],
      [googleError(404, 'NOT_FOUND'), { code: 'MODEL_NOT_FOUND', reason: 'NOT_FOUND' }],
      [googleError(499, 'CANCELLED'), { code: 'TIMEOUT', reason: 'CANCELLED' }],
      [googleError(504, 'DEADLINE_EXCEEDED'), { code: 'TIMEOUT', reason: 'DEADLINE_EXCEEDED' }],
      [
        googleError(429, 'RESOURCE_EXHAUSTED', [quota('RequestsPerDayPerProject')]),
        { code: 'RATE_LIMITED', reason: 'QUOTA_PER_DAY' },
      ],
      [
        { status: 404, body: 'not json' },
        { code: 'MODEL_NOT_FOUND', reason: 'HTTP_404' },
      ],
      [
        said(400, 'INVALID_ARGUMENT', 'Unable to process input image. Please retry.'),
        { code: 'REFERENCE_UNUSABLE', reason: 'INVALID_ARGUMENT' },
      ],
      [
        said(400, 'INVALID_ARGUMENT', 'Provided image is not valid.'),
        { code: 'REFERENCE_UNUSABLE', reason: 'INVALID_ARGUMENT' },
      ],
      [
        said(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use.'),
        { code: 'PROVIDER_AUTH', reason: 'LOCATION' },
      ],
      [
        said(403, 'PERMISSION_DENIED', 'This model is not available in your country.'),
        { code: 'PROVIDER_AUTH', reason: 'LOCATION' },
      ],
      [
        said(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.'),
        { code: 'PROVIDER_AUTH', reason: 'INVALID_ARGUMENT' },
      ],
      [
        said(400, 'INVALID_ARGUMENT', 'The prompt violates our content policies.'),
        { code: 'CONTENT_BLOCKED', reason: 'INVALID_ARGUMENT' },
      ],
      [
        said(400, 'INVALID_ARGUMENT', "Invalid value at 'safety_settings[0].category'"),
        { code: 'INVALID_INPUT', reason: 'INVALID_ARGUMENT' },
      ],
      [
        said(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for metric: free_tier_requests, limit: 0, model: m', [
          quota('PerMinute-FreeTier'),
          retryInfo('34s'),
        ]),
        { code: 'INSUFFICIENT_PROVIDER_CREDIT', reason: 'QUOTA_ZERO' },
      ],
      [
        googleError(429, 'RESOURCE_EXHAUSTED', [quota('PerMinute-FreeTier', '0')]),
        { code: 'INSUFFICIENT_PROVIDER_CREDIT', reason: 'QUOTA_ZERO' },
      ],
      [
        said(429, 'RESOURCE_EXHAUSTED', 'Your prepayment credits are depleted.'),
        { code: 'INSUFFICIENT_PROVIDER_CREDIT', reason: 'RESOURCE_EXHAUSTED' },
      ],
      [googleError(418, 'TEAPOT'), { code: 'PROVIDER_BAD_RESPONSE', reason: 'TEAPOT' }],
      // With HTTP 200, as gateways and cut streams send them.
      [
        { json: { error: { code: 403, message: 'No.', status: 'PERMISSION_DENIED' } } },
        { code: 'PROVIDER_AUTH', reason: 'PERMISSION_DENIED' },
      ],
      [
        { json: { error: { status: 'INVALID_ARGUMENT' } } },
        { code: 'INVALID_INPUT', reason: 'INVALID_ARGUMENT' },
      ],
      [{ json: [{ error: { code: 404 } }] }, { code: 'MODEL_NOT_FOUND', reason: 'HTTP_404' }],
      [{ json: { error: { message: 'Something else.' } } }, { code: 'PROVIDER_ERROR', reason: 'HTTP_200' }],
    ])('of a refusal that stands: %j', async (refusal, failure) => {
      const state = await start(refusal);
      expect(state.status === 'failed' && state.failure).toEqual(failure);
      expect(server.requests).toHaveLength(1);
    });

    it.each<[string, ScriptedAnswer, number, number]>([
      [
        'its details',
        googleError(429, 'RESOURCE_EXHAUSTED', [quota('PerMinute'), retryInfo('34.4s')]),
        34_400,
        41_280,
      ],
      ['its header', googleError(429, 'RESOURCE_EXHAUSTED', [], { 'retry-after': '20' }), 20_000, 24_000],
      ['nothing', googleError(429, 'RESOURCE_EXHAUSTED'), 10_000, 12_000],
    ])('of a rate limit whose wait is in %s', async (_, limit, fromMs, toMs) => {
      const state = await start(limit);
      expect(state).toMatchObject({ status: 'failed', failure: { code: 'RATE_LIMITED' } });
      const afterMs = state.status === 'failed' ? (state.failure.retry?.afterMs ?? 0) : 0;
      expect(afterMs).toBeGreaterThanOrEqual(fromMs);
      expect(afterMs).toBeLessThanOrEqual(toMs);
    });

    it.each<[string, ScriptedAnswer, string]>([
      ['an internal error', googleError(500, 'INTERNAL'), 'INTERNAL'],
      ['an overloaded model', googleError(503, 'UNAVAILABLE'), 'UNAVAILABLE'],
      ['a page of an error', { status: 502, body: '<html>' }, 'HTTP_502'],
      [
        'an overloaded model, with 200',
        { json: { error: { code: 503, status: 'UNAVAILABLE' } } },
        'UNAVAILABLE',
      ],
    ])('of %s as worth a few more calls, later each time', async (_, unavailable, reason) => {
      const state = await start(unavailable, request({ attempt: 2 }));
      expect(state).toMatchObject({
        status: 'failed',
        failure: { code: 'PROVIDER_UNAVAILABLE', reason, retry: { maxAttempts: 3 } },
      });
      expect(state.status === 'failed' && state.failure.retry?.afterMs).toBeGreaterThanOrEqual(4000);
      expect(server.requests).toHaveLength(1);
    });
  });
});
