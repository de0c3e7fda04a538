import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vendorText } from '../../tests/support/conformance/provider.ts';
import type { GenerationState } from './provider.ts';
import { createReplicateProvider } from './replicate.ts';
import {
  openScriptedServer,
  type ScriptedAnswer,
  type ScriptedServer,
} from '../../tests/support/scripted-server.ts';
import { prediction, predictionId, request, token } from '../../tests/support/provider-messages.ts';

const signal = new AbortController().signal;

describe('the replicate adapter', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await openScriptedServer();
  });
  afterAll(() => server.close());

  const provider = () =>
    createReplicateProvider({ token, baseUrl: `${server.url}/v1`, timeoutsMs: { create: 2000, get: 2000 } });
  const start = (answer: ScriptedAnswer): Promise<GenerationState> => {
    server.answer(() => answer);
    return provider().start(request(), { signal });
  };
  const poll = (answer: ScriptedAnswer): Promise<GenerationState | undefined> => {
    server.answer(() => answer);
    return provider().poll?.({ id: predictionId }, { signal }) ?? Promise.resolve(undefined);
  };

  describe('reads the answer to a creation', () => {
    it.each<[string, ScriptedAnswer, object]>([
      ['400', { status: 400, json: {} }, { code: 'INVALID_INPUT', reason: 'HTTP_400' }],
      ['401', { status: 401, json: {} }, { code: 'PROVIDER_AUTH', reason: 'HTTP_401' }],
      ['402', { status: 402, json: {} }, { code: 'INSUFFICIENT_PROVIDER_CREDIT', reason: 'HTTP_402' }],
      ['403', { status: 403, json: {} }, { code: 'PROVIDER_AUTH', reason: 'HTTP_403' }],
      ['404', { status: 404, json: {} }, { code: 'MODEL_NOT_FOUND', reason: 'HTTP_404' }],
      ['413', { status: 413, json: {} }, { code: 'INVALID_INPUT', reason: 'HTTP_413' }],
      ['422', { status: 422, json: {} }, { code: 'INVALID_INPUT', reason: 'HTTP_422' }],
    ])('%s as a failure that stands', async (_, answer, failure) => {
      const state = await start(answer);
      expect(state).toMatchObject({ status: 'failed', failure });
      expect(state).not.toHaveProperty('failure.retry');
      expect(server.requests).toHaveLength(1);
    });

    it.each<[string, ScriptedAnswer, string]>([
      [
        'content',
        { status: 422, json: { title: 'Unprocessable', detail: 'The prompt was flagged as sensitive.' } },
        'CONTENT_BLOCKED',
      ],
      [
        'a reference',
        { status: 400, json: { detail: 'The input image is corrupt or not supported.' } },
        'REFERENCE_UNUSABLE',
      ],
      [
        'a field whose name has such a word',
        { status: 422, json: { detail: 'x', invalid_fields: [{ field: 'content_policy', type: 'enum' }] } },
        'INVALID_INPUT',
      ],
      ['an unknown status', { status: 418, json: {} }, 'PROVIDER_BAD_RESPONSE'],
      [
        'the account, with 200',
        { json: { title: 'Insufficient credit', status: 402 } },
        'INSUFFICIENT_PROVIDER_CREDIT',
      ],
    ])('a refusal of %s by what it says', async (_, answer, code) => {
      const state = await start(answer);
      expect(state).toMatchObject({ status: 'failed', failure: { code } });
      expect(state).not.toHaveProperty('failure.retry');
    });

    it('a refused input with the fields at fault', async () => {
      const invalid_fields = [{ type: 'required', field: 'input', description: 'prompt is required' }];
      const state = await start({
        status: 422,
        json: {
          title: 'Input validation failed',
          detail: '- input: prompt is required\n',
          status: 422,
          invalid_fields,
        },
      });
      expect(state.answer).toMatchObject({ httpStatus: 422, problem: { invalid_fields } });
    });

    it.each<[string, ScriptedAnswer, number, number]>([
      ['a header in seconds', { status: 429, json: {}, headers: { 'retry-after': '7' } }, 7000, 8400],
      ['a key of the body', { status: 429, json: { retry_after: 9 } }, 9000, 10_800],
      ['the text', { status: 429, json: { detail: 'Your rate limit resets in ~30s.' } }, 30_000, 36_000],
      [
        'the longest of all three',
        {
          status: 429,
          json: { detail: 'Request was throttled. Your rate limit resets in ~4s.', retry_after: 2 },
          headers: { 'retry-after': '20' },
        },
        20_000,
        24_000,
      ],
      ['a very short time', { status: 429, json: { retry_after: 0 } }, 500, 600],
      ['a very long time', { status: 429, json: { retry_after: 86_400 } }, 60_000, 60_000],
      ['nothing', { status: 429, body: '<html>slow down</html>' }, 5000, 6000],
    ])('a rate limit that names %s', async (_, answer, fromMs, toMs) => {
      const state = await start(answer);
      expect(state).toMatchObject({ status: 'failed', failure: { code: 'RATE_LIMITED' } });
      const afterMs = state.status === 'failed' ? (state.failure.retry?.afterMs ?? 0) : 0;
      expect(afterMs).toBeGreaterThanOrEqual(fromMs);
      expect(afterMs).toBeLessThanOrEqual(toMs);
      expect(server.requests).toHaveLength(1);
    });

    it.each<[string, ScriptedAnswer]>([
      ['a server error', { status: 502, body: '<html>Bad gateway</html>' }],
      ['a dropped connection', { drop: true }],
      ['a time-out', { hang: true }],
      ['a page', { status: 200, body: '<html>' }],
      ['half an answer', { status: 201, cutOff: '{"id":"' }],
    ])('%s as a prediction that may run', async (_, answer) => {
      const state = await start(answer);
      expect(state.status).toBe('unknown');
      expect(server.requests).toHaveLength(1);
    });

    it('an unknown status as a prediction to ask after', async () => {
      const state = await start({ status: 201, json: prediction('queued') });
      expect(state).toMatchObject({ status: 'running', operation: { id: predictionId }, started: false });
    });

    it('a prediction that has already succeeded as a success', async () => {
      const output = ['https://out.example/0.webp'];
      const state = await start({ status: 201, json: prediction('succeeded', { output }) });
      expect(state).toMatchObject({ status: 'succeeded', externalId: predictionId, answer: { output } });
    });
  });

  describe('reads how a prediction stands', () => {
    it('as started, with the last percentage of its logs', async () => {
      const logs =
        'Using seed: 3\n  0%|          | 0/4 [00:00<?]\n 75%|███████▌  | 3/4 [00:00<00:00, 8.1it/s]\n';
      const state = await poll({ json: prediction('processing', { logs }) });
      expect(state).toMatchObject({
        status: 'running',
        operation: { id: predictionId },
        started: true,
        percent: 75,
      });
    });

    it('as running where there is output before its end', async () => {
      const state = await poll({
        json: prediction('processing', { output: ['data:image/png;base64,QUJD'] }),
      });
      expect(state?.status).toBe('running');
      expect(state).not.toHaveProperty('percent');
      expect(JSON.stringify(state)).not.toContain('QUJD');
    });

    it.each<[string, unknown, number]>([
      ['a list', ['https://out.example/0.webp', 'https://out.example/1.webp'], 2],
      ['fewer than were asked for', ['https://out.example/0.webp'], 1],
      ['a string', 'https://out.example/0.jpg', 1],
      ['an object', { images: [{ url: 'https://out.example/0.png' }] }, 1],
    ])('as succeeded with output that is %s', async (_, output, count) => {
      const metrics = { predict_time: 0.56, image_count: 1 };
      const state = await poll({ json: prediction('succeeded', { output, metrics }) });
      expect(state?.status === 'succeeded' && state.images).toHaveLength(count);
      expect(state?.answer).toMatchObject({ metrics });
      expect(state?.answer).not.toHaveProperty('urls');
    });

    it.each<[string, Record<string, unknown>, object]>([
      [
        'succeeded with null',
        { status: 'succeeded' },
        { code: 'PROVIDER_BAD_RESPONSE', reason: 'NO_OUTPUT' },
      ],
      ['succeeded with []', { status: 'succeeded', output: [] }, { code: 'PROVIDER_BAD_RESPONSE' }],
      [
        'succeeded with words',
        { status: 'succeeded', output: ['Here', ' it is'] },
        { code: 'PROVIDER_BAD_RESPONSE' },
      ],
      [
        'succeeded, data removed',
        { status: 'succeeded', output: null, data_removed: true },
        { code: 'OUTPUT_EXPIRED' },
      ],
      ['aborted', { status: 'aborted' }, { code: 'TIMEOUT', reason: 'ABORTED' }],
      ['canceled', { status: 'canceled', logs: null }, { code: 'TIMEOUT', reason: 'CANCELED' }],
      [
        'an unknown status that has ended',
        { status: 'evaporated', completed_at: '2026-03-02T09:16:00.123456789Z' },
        { code: 'PROVIDER_BAD_RESPONSE', reason: 'UNKNOWN_STATUS' },
      ],
    ])('as failed for good where it is %s', async (_, fields, failure) => {
      const state = await poll({ json: { ...prediction(''), ...fields } });
      expect(state).toMatchObject({ status: 'failed', failure, externalId: predictionId });
      expect(state).not.toHaveProperty('failure.retry');
    });

    it.each<[unknown, object]>([
      [
        'The input or output was flagged as sensitive. (E005) (kq2)',
        { code: 'CONTENT_BLOCKED', reason: 'E005' },
      ],
      ['All generated images contained NSFW content.', { code: 'CONTENT_BLOCKED', reason: 'CONTENT_POLICY' }],
      ['Refused: it breaks our content policy', { code: 'CONTENT_BLOCKED', reason: 'CONTENT_POLICY' }],
      [
        'Input validation error: image_input.0 was not reached',
        { code: 'INVALID_INPUT', reason: 'INPUT_VALIDATION' },
      ],
      ['Cannot fetch https://in.example/a.png', { code: 'INVALID_INPUT', reason: 'INPUT_VALIDATION' }],
      ['CUDA out of memory (E1001)', { code: 'PROVIDER_ERROR', reason: 'E1001' }],
      ['The request was blocked: PROHIBITED_CONTENT', { code: 'CONTENT_BLOCKED', reason: 'CONTENT_POLICY' }],
      [
        'The output image may be related to copyright restrictions.',
        { code: 'CONTENT_BLOCKED', reason: 'CONTENT_POLICY' },
      ],
      ['The prompt was flagged by a filter', { code: 'CONTENT_BLOCKED', reason: 'CONTENT_POLICY' }],
      [
        'Your request was rejected by our safety system.',
        { code: 'CONTENT_BLOCKED', reason: 'CONTENT_POLICY' },
      ],
      [{ detail: 'NSFW content detected' }, { code: 'CONTENT_BLOCKED', reason: 'CONTENT_POLICY' }],
      [['Unsafe content', 7], { code: 'CONTENT_BLOCKED', reason: 'CONTENT_POLICY' }],
      ['The input was invalid. (E006)', { code: 'INVALID_INPUT', reason: 'E006' }],
      ["cannot identify image file '/tmp/0.png'", { code: 'REFERENCE_UNUSABLE', reason: 'UNREADABLE_IMAGE' }],
      ['CUDA out of memory.', { code: 'PROVIDER_ERROR', reason: 'OUT_OF_MEMORY' }],
      ['segmentation violation in the sampler', { code: 'PROVIDER_ERROR' }],
      ['Unexpected case-sensitive name', { code: 'PROVIDER_ERROR' }],
      [vendorText, { code: 'PROVIDER_ERROR' }],
      [null, { code: 'PROVIDER_ERROR' }],
      [{ message: vendorText }, { code: 'PROVIDER_ERROR' }],
    ])('as failed for good with the error %j', async (error, failure) => {
      const state = await poll({ json: prediction('failed', { error }) });
      expect(state?.status === 'failed' && state.failure).toEqual(failure);
    });

    it.each<[string, string]>([
      ['Prediction interrupted; please retry (code: PA)', 'PA'],
      ['Director: unexpected error handling prediction (E9828)', 'E9828'],
      ['Unknown error (E1000)', 'E1000'],
      ['The model did not start in time (E6716)', 'E6716'],
      ['The prediction was interrupted', 'INTERRUPTED'],
    ])('as worth one more submission with the error %j', async (error, reason) => {
      const state = await poll({ json: prediction('failed', { error }) });
      expect(state).toMatchObject({
        status: 'failed',
        failure: { code: 'PROVIDER_UNAVAILABLE', reason, retry: { maxAttempts: 2 } },
      });
    });

    it.each<[string, string]>([
      ['Service is currently unavailable due to high demand. (E003)', 'E003'],
      ['Service is temporarily unavailable. Please try again later. (E004)', 'E004'],
      ['The model is overloaded', 'HIGH_DEMAND'],
    ])('as worth two more submissions with the error %j', async (error, reason) => {
      const state = await poll({ json: prediction('failed', { error }) });
      expect(state).toMatchObject({
        status: 'failed',
        failure: { code: 'PROVIDER_UNAVAILABLE', reason, retry: { maxAttempts: 3 } },
      });
    });

    it('by its error where it succeeded without output', async () => {
      const state = await poll({ json: prediction('succeeded', { output: [], error: 'NSFW content' }) });
      expect(state).toMatchObject({ status: 'failed', failure: { code: 'CONTENT_BLOCKED' } });
    });

    it.each<[string, ScriptedAnswer]>([
      ['a server error', { status: 500, json: {} }],
      ['a page of an error', { status: 524, body: '<html>' }],
      ['a page', { body: '<html>' }],
      ['a dropped connection', { drop: true }],
      ['a time-out', { hang: true }],
      ['half an answer', { cutOff: '{"id":"' }],
      ['a rate limit without a time', { status: 429, json: {} }],
    ])('as unknown after %s, by one request', async (_, answer) => {
      expect(await poll(answer)).toEqual({ status: 'unknown' });
      expect(server.requests).toHaveLength(1);
    });

    it('as unknown where its status is unknown and it has not ended', async () => {
      expect(await poll({ json: prediction('pondering') })).toMatchObject({
        status: 'unknown',
        externalId: predictionId,
      });
    });

    it('as unknown for as long as a rate limit says', async () => {
      const state = await poll({ status: 429, json: { detail: 'resets in ~6s' } });
      expect(state?.status === 'unknown' && state.retryAfterMs).toBeGreaterThanOrEqual(6000);
    });

    it.each<[number, string]>([
      [404, 'PROVIDER_LOST'],
      [401, 'PROVIDER_AUTH'],
      [403, 'PROVIDER_AUTH'],
      [402, 'INSUFFICIENT_PROVIDER_CREDIT'],
      [422, 'PROVIDER_BAD_RESPONSE'],
    ])('as failed after %i: %s', async (status, code) => {
      expect(await poll({ status, json: { detail: vendorText } })).toMatchObject({
        status: 'failed',
        failure: { code },
      });
    });

    it('as lost where the operation names no prediction', async () => {
      server.answer(() => ({ json: {} }));
      const state = await provider().poll?.({ id: '../account' }, { signal });
      expect(state).toMatchObject({ status: 'failed', failure: { code: 'PROVIDER_LOST' } });
      expect(server.requests).toHaveLength(0);
    });
  });
});
