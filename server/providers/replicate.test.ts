import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeProvider, follow, vendorText } from '../../tests/support/conformance/provider.ts';
import { createReplicateProvider, type ReplicateProviderOptions } from './replicate.ts';
import {
  openScriptedServer,
  type Script,
  type ScriptedAnswer,
  type ScriptedRequest,
  type ScriptedServer,
} from '../../tests/support/scripted-server.ts';
import {
  created,
  isPredictionCreated,
  prediction,
  predictionId,
  request,
  token,
} from '../../tests/support/provider-messages.ts';

const signal = new AbortController().signal;
const timeoutsMs = { create: 400, get: 400, upload: 400 };

describeProvider('replicate', {
  key: token,
  createProvider: (serverUrl) =>
    createReplicateProvider({
      token,
      baseUrl: `${serverUrl}/v1`,
      timeoutsMs: { create: 3000, get: 3000, upload: 3000 },
    }),
  request: request(),
  isCreation: isPredictionCreated,
  modelOf: ({ path, json }) =>
    /\/models\/(.+)\/predictions$/.exec(path)?.[1] ?? (json as { version: string }).version,
  models: {
    'black-forest-labs/flux-schnell': 'black-forest-labs/flux-schnell',
    'google/nano-banana': 'google/nano-banana',
    'bytedance/seedream-4': 'bytedance/seedream-4',
    'someone/model:0f1e2d': 'someone/model:0f1e2d',
  },
  succeeding: (picture, serverUrl) => (sent) => {
    if (sent.path.startsWith('/out/')) return { body: picture, headers: { 'content-type': 'image/webp' } };
    if (isPredictionCreated(sent)) return { status: 201, json: prediction('starting') };
    return { json: prediction('succeeded', { output: [`${serverUrl}/out/0.webp`] }) };
  },
  blocked: created({
    json: prediction('failed', { error: `${vendorText} flagged as sensitive (E005) (x7f)` }),
  }),
  unauthorized: () => ({
    status: 401,
    json: { title: 'Unauthenticated', detail: `${vendorText} ${token}`, status: 401 },
  }),
  rateLimited: () => ({ status: 429, json: { detail: `${vendorText}. Your rate limit resets in ~3s.` } }),
  afterServerError: 'unknown',
  afterDrop: 'unknown',
});

describe('the replicate adapter', () => {
  let server: ScriptedServer;
  beforeAll(async () => {
    server = await openScriptedServer();
  });
  afterAll(() => server.close());

  const provider = (options: Partial<ReplicateProviderOptions> = {}) =>
    createReplicateProvider({ token, baseUrl: `${server.url}/v1`, timeoutsMs, ...options });
  const start = (script: Script, sent = request(), options: Partial<ReplicateProviderOptions> = {}) => {
    server.answer(script);
    return provider(options).start(sent, { signal });
  };
  describe('sends', () => {
    const starting = created({ status: 404, json: {} });

    it('a flux-schnell request in its own words, with a deadline and without asking to wait', async () => {
      const state = await start(
        starting,
        request({
          options: { count: 3, aspectRatio: '16:9', resolution: '0.25', outputFormat: 'png', seed: 7 },
        }),
      );
      expect(server.requests).toHaveLength(1);
      const [sent] = server.requests;
      expect(sent?.path).toBe('/v1/models/black-forest-labs/flux-schnell/predictions');
      expect(sent?.json).toEqual({
        input: {
          prompt: 'a lighthouse',
          aspect_ratio: '16:9',
          num_outputs: 3,
          output_format: 'png',
          megapixels: '0.25',
          seed: 7,
        },
      });
      expect(sent?.headers).toMatchObject({
        authorization: `Bearer ${token}`,
        'cancel-after': expect.stringMatching(/^1(6[6-9]|70)s$/),
      });
      expect(sent?.headers).not.toHaveProperty('prefer');
      expect(state).toMatchObject({
        status: 'running',
        operation: { id: predictionId },
        started: false,
        externalId: predictionId,
      });
    });

    it('further options of a model, which cannot replace the prompt', async () => {
      await start(starting, request({ providerOptions: { go_fast: false, prompt: 'another' } }));
      expect(server.requests[0]?.json).toMatchObject({ input: { prompt: 'a lighthouse', go_fast: false } });
    });

    it('a seedream-4 request for several as a series with a ceiling', async () => {
      const options = { count: 4, aspectRatio: '4:3', resolution: '2K' };
      await start(starting, request({ model: 'bytedance/seedream-4', options }));
      expect(server.requests[0]?.json).toEqual({
        input: {
          prompt: 'a lighthouse',
          size: '2K',
          aspect_ratio: '4:3',
          sequential_image_generation: 'auto',
          max_images: 4,
        },
      });
    });

    it('a seedream-4 request for one without a series', async () => {
      await start(
        starting,
        request({ model: 'bytedance/seedream-4', options: { count: 1, resolution: '4K' } }),
      );
      expect(server.requests[0]?.json).toEqual({
        input: { prompt: 'a lighthouse', size: '4K', sequential_image_generation: 'disabled' },
      });
    });

    it('a model it does not know by the common names, of what was asked for alone', async () => {
      await start(starting, request({ model: 'someone/else', options: { count: 1, aspectRatio: '1:1' } }));
      expect(server.requests[0]?.path).toBe('/v1/models/someone/else/predictions');
      expect(server.requests[0]?.json).toEqual({ input: { prompt: 'a lighthouse', aspect_ratio: '1:1' } });
    });

    it('a model with a version as that version', async () => {
      await start(starting, request({ model: 'someone/else:0a1b' }));
      expect(server.requests[0]?.path).toBe('/v1/predictions');
      expect(server.requests[0]?.json).toMatchObject({ version: 'someone/else:0a1b' });
    });

    it('the address to be told at, where there is one', async () => {
      const webhooks = { publicUrl: 'https://us.example', secrets: ['whsec_c2VjcmV0'] };
      const state = await start(starting, request(), { webhooks, userAgent: 'proofsheet' });
      expect(server.requests[0]?.headers['user-agent']).toBe('proofsheet');
      expect(server.requests[0]?.json).toMatchObject({
        webhook: 'https://us.example/webhooks/replicate?task=task-1&attempt=1',
        webhook_events_filter: ['start', 'logs', 'completed'],
      });
      expect(state.status).toBe('running');
    });

    it('a deadline that has passed as the shortest one', async () => {
      await start(starting, request({ timeLeftMs: -60_000 }));
      expect(server.requests[0]?.headers['cancel-after']).toBe('5s');
    });

    it('a creation to its end though its caller leaves, so that its id is known', async () => {
      const caller = new AbortController();
      server.answer((sent) => {
        caller.abort();
        return created({ json: {} })(sent);
      });
      const state = await provider().start(request(), { signal: caller.signal });
      expect(caller.signal.aborted).toBe(true);
      expect(state).toMatchObject({ status: 'running', operation: { id: predictionId } });
    });
  });

  describe('uploads references', () => {
    const references = [
      { bytes: Buffer.from('first bytes'), contentType: 'image/png' },
      { bytes: Buffer.from('second bytes'), contentType: 'image/jpeg' },
    ];
    const edit = request({
      model: 'google/nano-banana',
      scene: 'IMAGE_TO_IMAGE',
      references,
      options: { count: 1, aspectRatio: 'match_input_image', outputFormat: 'jpg' },
    });
    const isUpload = (sent: ScriptedRequest) => sent.path === '/v1/files';
    const file = (sent: ScriptedRequest): ScriptedAnswer => {
      const name = sent.body.includes('first bytes') ? 'first' : 'second';
      return { status: 201, json: { id: name, urls: { get: `https://api.example/v1/files/${name}` } } };
    };
    const uploads =
      (answer: (sent: ScriptedRequest) => ScriptedAnswer): Script =>
      (sent) =>
        isUpload(sent) ? answer(sent) : { status: 201, json: prediction('starting') };

    it('as files, and names them in the order of the request', async () => {
      const state = await start(uploads(file), edit);
      expect(state.status).toBe('running');
      const files = server.requests.filter(isUpload);
      expect(files).toHaveLength(2);
      expect(files.map((sent) => sent.headers['content-type'])).toEqual([
        expect.stringContaining('multipart/form-data'),
        expect.stringContaining('multipart/form-data'),
      ]);
      expect(files.some((sent) => sent.body.includes('filename="reference-1.png"'))).toBe(true);
      expect(files.some((sent) => sent.body.includes('Content-Type: image/jpeg'))).toBe(true);
      expect(server.requests.find(isPredictionCreated)?.json).toEqual({
        input: {
          prompt: 'a lighthouse',
          image_input: ['https://api.example/v1/files/first', 'https://api.example/v1/files/second'],
          aspect_ratio: 'match_input_image',
          output_format: 'jpg',
        },
      });
    });

    it.each<[string, ScriptedAnswer, object]>([
      [
        'refused',
        { status: 413, json: { detail: vendorText } },
        { code: 'REFERENCE_UNUSABLE', reason: 'HTTP_413' },
      ],
      ['refused for the token', { status: 401, json: {} }, { code: 'PROVIDER_AUTH', reason: 'HTTP_401' }],
      [
        'met by a server error',
        { status: 503, body: '<html>' },
        { code: 'PROVIDER_UNAVAILABLE', reason: 'HTTP_503', retry: { maxAttempts: 3 } },
      ],
      ['dropped', { drop: true }, { code: 'PROVIDER_UNAVAILABLE', retry: { maxAttempts: 3 } }],
      [
        'left hanging',
        { hang: true },
        { code: 'PROVIDER_UNAVAILABLE', reason: 'TIMEOUT', retry: { maxAttempts: 3 } },
      ],
      [
        'limited',
        { status: 429, json: {}, headers: { 'retry-after': '4' } },
        { code: 'RATE_LIMITED', retry: {} },
      ],
      [
        'answered without an address',
        { json: {} },
        { code: 'PROVIDER_BAD_RESPONSE', retry: { maxAttempts: 2 } },
      ],
    ])('and creates nothing where one is %s', async (_, answer, failure) => {
      const state = await start(
        uploads((sent) => (sent.body.includes('second bytes') ? answer : file(sent))),
        edit,
      );
      expect(state).toMatchObject({ status: 'failed', failure });
      expect(server.requests.some(isPredictionCreated)).toBe(false);
    });

    it('and gives up the others where one is refused', async () => {
      const refuseFirst = uploads((sent) =>
        sent.body.includes('first bytes') ? { status: 415, json: {} } : { hang: true },
      );
      // Left to itself, the other would hang until this test's time is over.
      const state = await start(refuseFirst, edit, { timeoutsMs: { upload: 60_000 } });
      expect(state).toMatchObject({ status: 'failed', failure: { code: 'REFERENCE_UNUSABLE' } });
    });

    it('no longer than its caller stays, and creates nothing then', async () => {
      server.answer(uploads(() => ({ hang: true })));
      const caller = new AbortController();
      const started = provider().start(edit, { signal: caller.signal });
      await server.received(2);
      caller.abort();
      expect(await started).toEqual({
        status: 'failed',
        failure: { code: 'TIMEOUT', reason: 'ABORTED', retry: { afterMs: 0 } },
      });
      expect(server.requests.some(isPredictionCreated)).toBe(false);
    });
  });

  it('cancels by the id', async () => {
    server.answer(() => ({ json: prediction('canceled') }));
    await provider().cancel?.({ id: predictionId }, { signal });
    expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `POST /v1/predictions/${predictionId}/cancel`,
    ]);
  });

  it('sends its token to the API alone', async () => {
    const elsewhere = await openScriptedServer();
    elsewhere.answer(() => ({ body: 'bytes' }));
    server.answer(created({ json: prediction('succeeded', { output: `${elsewhere.url}/0.webp` }) }));
    const state = await follow(provider({ outputOrigins: [elsewhere.url] }), request());
    if (state.status !== 'succeeded') throw new Error(state.status);
    await state.images[0].read({ signal });
    expect(JSON.stringify(elsewhere.requests)).not.toContain(token);
    expect(elsewhere.requests[0]?.headers).not.toHaveProperty('authorization');
    await elsewhere.close();
  });

  it('logs codes and numbers only', async () => {
    const lines: unknown[] = [];
    const log = { warn: (details: object, message: string) => lines.push({ ...details, message }) };
    await start(() => ({ status: 401, json: { detail: `${vendorText} ${token}` } }), request(), { log });
    await start(() => ({ drop: true }), request(), { log });
    expect(lines).toMatchObject([
      { call: 'replicate.create', httpStatus: 401 },
      { call: 'replicate.create', reason: expect.stringMatching(/^(UND_ERR_SOCKET|ECONNRESET)$/) },
    ]);
    expect(JSON.stringify(lines)).not.toContain(token);
    expect(JSON.stringify(lines)).not.toContain(vendorText);
    expect(JSON.stringify(lines)).not.toContain(server.url);
  });
});
