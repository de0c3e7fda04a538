/** What every provider adapter must keep to, whatever its vendor answers. Run by each adapter's test. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  GenerationRequest,
  GenerationState,
  ImageProvider,
} from '../../../server/providers/provider.ts';
import { closedAddress, openScriptedServer } from '../scripted-server.ts';
import type { Script, ScriptedAnswer, ScriptedRequest, ScriptedServer } from '../scripted-server.ts';

/** Stands for the vendor's words in every scripted refusal; it must not reach a failure. */
export const vendorText = 'vendor words, not for others';

export interface ProviderHarness {
  /** The key the adapter is given: long and unlike anything else, so that it can be searched for. */
  key: string;
  /** An adapter against the server at that address, every time limit of its own far below 5 s. */
  createProvider(serverUrl: string): ImageProvider;
  /** Asks for one picture. */
  request: GenerationRequest;
  /** Whether a request is one that makes the vendor work. */
  isCreation(request: ScriptedRequest): boolean;
  /** The model that a creation asks for, as it is on the wire. */
  modelOf(creation: ScriptedRequest): string;
  /** Models that may be asked for, by the catalogue's name, with their names on the wire: at least two. */
  models: Readonly<Record<string, string>>;
  /** A script that ends in a picture of these bytes, under an address of this server where it uses any. */
  succeeding(picture: Uint8Array, serverUrl: string): Script;
  /** Scripts that end in the named failure, with `vendorText` in them. */
  blocked: Script;
  unauthorized: Script;
  rateLimited: Script;
  /** Which state follows from a 500, and from a connection dropped, where a creation was sent. */
  afterServerError: GenerationState['status'];
  afterDrop: GenerationState['status'];
}

export async function follow(provider: ImageProvider, request: GenerationRequest): Promise<GenerationState> {
  const { signal } = new AbortController();
  let state = await provider.start(request, { signal });
  for (let polls = 0; state.status === 'running' && polls < 10; polls += 1) {
    if (!provider.poll) throw new Error('A state is running, but the provider cannot be asked');
    state = await provider.poll(state.operation, { signal });
  }
  return state;
}

/** Bodies that no vendor should send, under 200. */
const oddAnswers: Readonly<Record<string, ScriptedAnswer>> = {
  'an empty body': { body: '' },
  'an HTML page': { body: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } },
  'truncated JSON': { body: '{"id":"abc","status":"succ' },
  'a body cut off': { cutOff: '{"id":"abc",' },
  null: { json: null },
  'a number': { json: 7 },
  'a string': { json: 'succeeded' },
  'a list': { json: [] },
  'an empty object': { json: {} },
  'null fields': {
    json: { id: null, status: null, output: null, candidates: null, promptFeedback: null, urls: null },
  },
  'fields of wrong types': {
    json: { id: 7, status: {}, output: 7, logs: [], error: {}, candidates: 'x', promptFeedback: [], urls: 7 },
  },
  'entries of wrong types': {
    json: {
      id: 'abc',
      status: 'succeeded',
      output: [null, 7, {}, [[]]],
      candidates: [null, 7, { content: 7 }],
    },
  },
  'parts of wrong types': {
    json: { candidates: [{ content: { parts: [null, { inlineData: null }, { inlineData: { data: 7 } }] } }] },
  },
  'an unknown status': {
    json: { id: 'abc', status: 'pondering', candidates: [{ finishReason: 'WHATEVER' }] },
  },
  'an id that leads elsewhere': { json: { id: '../account', status: 'starting' } },
  'deep nesting': { body: `{"id":"abc","status":"failed","error":${'['.repeat(5000)}${']'.repeat(5000)}}` },
  'a redirect': { status: 302, headers: { location: '/elsewhere' }, body: '' },
  'a teapot': { status: 418, body: 'short and stout' },
};

export function describeProvider(name: string, harness: ProviderHarness): void {
  describe(`${name} keeps to the port`, () => {
    const picture = Buffer.from('a picture, as it was made');
    let server: ScriptedServer;
    let provider: ImageProvider;
    beforeAll(async () => {
      server = await openScriptedServer();
      provider = harness.createProvider(server.url);
    });
    afterAll(() => server.close());

    const run = (script: Script): Promise<GenerationState> => {
      server.answer(script);
      return follow(provider, harness.request);
    };
    const creations = (): number => server.requests.filter((request) => harness.isCreation(request)).length;

    function expectClean(state: GenerationState): void {
      const { images: _, ...data } = { images: undefined, ...state };
      const text = JSON.stringify(data);
      expect(JSON.parse(text)).toEqual(data);
      expect(text).not.toContain(harness.key);
      expect(text).not.toContain(picture.toString('base64'));
      if (state.status !== 'failed') return;
      expect(JSON.stringify(state.failure)).not.toContain(vendorText);
      expect(state.failure.reason ?? 'NONE').toMatch(/^[A-Z][A-Z0-9_]*$/);
    }

    it('gives the picture it was asked for, readable more than once', async () => {
      const state = await run(harness.succeeding(picture, server.url));
      if (state.status !== 'succeeded') throw new Error(`Ended as ${state.status}`);
      const options = { signal: new AbortController().signal };
      expect(state.images).toHaveLength(1);
      expect(Buffer.from(await state.images[0].read(options))).toEqual(picture);
      expect(Buffer.from(await state.images[0].read(options))).toEqual(picture);
      expectClean(state);
    });

    it.each(Object.entries(harness.models))(
      'asks for the model of the request: %s as %s',
      async (model, name) => {
        server.answer(harness.succeeding(picture, server.url));
        await follow(provider, { ...harness.request, model });
        expect(server.requests.filter(harness.isCreation).map(harness.modelOf)).toEqual([name]);
      },
    );

    it('knows two models or more, so that one is not made by the other', () => {
      expect(new Set(Object.values(harness.models)).size).toBeGreaterThanOrEqual(2);
    });

    it('says that blocked content was blocked, and not to try again', async () => {
      const state = await run(harness.blocked);
      expect(state).toMatchObject({ status: 'failed', failure: { code: 'CONTENT_BLOCKED' } });
      expect(state).not.toHaveProperty('failure.retry');
      expectClean(state);
    });

    it('says that its key was refused, and not to try again', async () => {
      const state = await run(harness.unauthorized);
      expect(state).toMatchObject({ status: 'failed', failure: { code: 'PROVIDER_AUTH' } });
      expect(state).not.toHaveProperty('failure.retry');
      expectClean(state);
    });

    it('sends one creation into a rate limit and says when to come again', async () => {
      const state = await run(harness.rateLimited);
      expect(state).toMatchObject({ status: 'failed', failure: { code: 'RATE_LIMITED' } });
      expect(state.status === 'failed' && state.failure.retry?.afterMs).toBeGreaterThanOrEqual(500);
      expect(creations()).toBe(1);
      expectClean(state);
    });

    it('sends one creation into a server error', async () => {
      const state = await run(() => ({
        status: 500,
        json: { detail: vendorText, error: { message: vendorText } },
      }));
      expect(state.status).toBe(harness.afterServerError);
      expect(creations()).toBe(1);
      expectClean(state);
    });

    it('sends one creation where the connection is dropped after it was read', async () => {
      const state = await run(() => ({ drop: true }));
      expect(state.status).toBe(harness.afterDrop);
      expect(creations()).toBe(1);
      expectClean(state);
    });

    it('lets a request be sent again that reached no server', async () => {
      const state = await follow(harness.createProvider(await closedAddress()), harness.request);
      expect(state).toMatchObject({
        status: 'failed',
        failure: { code: 'PROVIDER_UNAVAILABLE', reason: 'ECONNREFUSED', retry: { maxAttempts: 3 } },
      });
    });

    it.each(Object.entries(oddAnswers))(
      'resolves with a state that tells no success of %s',
      async (_, answer) => {
        server.answer(() => answer);
        const state = await provider.start(harness.request, { signal: new AbortController().signal });
        expect(['running', 'failed', 'unknown']).toContain(state.status);
        expect(creations()).toBe(1);
        expectClean(state);
      },
    );

    it('does not send a request whose caller has left', async () => {
      server.answer(harness.succeeding(picture, server.url));
      const state = await provider.start(harness.request, { signal: AbortSignal.abort() });
      expect(state).toMatchObject({ status: 'failed', failure: { code: 'TIMEOUT' } });
      expect(server.requests).toHaveLength(0);
    });

    if (harness.createProvider('http://127.0.0.1').poll) describePolling();
    else describeWaiting();

    /** For adapters that start and are asked after. */
    function describePolling(): void {
      const operationOf = async (): Promise<GenerationState & { status: 'running' }> => {
        server.answer(harness.succeeding(picture, server.url));
        const state = await provider.start(harness.request, { signal: new AbortController().signal });
        if (state.status !== 'running') throw new Error(`Started as ${state.status}`);
        return state;
      };

      it.each(Object.entries(oddAnswers))(
        'resolves with a state when asked after and told %s',
        async (_, answer) => {
          const { operation } = await operationOf();
          server.answer(() => answer);
          const state = await provider.poll?.(operation, { signal: new AbortController().signal });
          expect(['running', 'failed', 'unknown']).toContain(state?.status);
          expect(server.requests).toHaveLength(1);
          if (state) expectClean(state);
        },
      );

      it('ends a question whose caller leaves', async () => {
        const { operation } = await operationOf();
        server.answer(() => ({ hang: true }));
        const caller = new AbortController();
        const asked = provider.poll?.(operation, { signal: caller.signal });
        await server.received(1);
        caller.abort();
        expect(await asked).toEqual({ status: 'unknown' });
      });

      it('cancels as often as it is asked to', async () => {
        const { operation } = await operationOf();
        const { signal } = new AbortController();
        await expect(provider.cancel?.(operation, { signal })).resolves.toBeUndefined();
        await expect(provider.cancel?.(operation, { signal })).resolves.toBeUndefined();
        server.answer(() => ({ status: 404, json: { detail: vendorText } }));
        await expect(provider.cancel?.(operation, { signal })).resolves.toBeUndefined();
      });

      it.each<[string, ScriptedAnswer]>([
        ['a server error', { status: 500, json: { detail: vendorText } }],
        ['a dropped connection', { drop: true }],
      ])('rejects where %s keeps the cancel from the provider', async (_, answer) => {
        const { operation } = await operationOf();
        server.answer(() => answer);
        const cancelled = provider.cancel?.(operation, { signal: new AbortController().signal });
        const error: unknown = await cancelled?.then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(Error);
        expect(server.requests).toHaveLength(1);
        expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain(harness.key);
      });
    }

    /** For adapters that answer with the pictures. */
    function describeWaiting(): void {
      it('ends the call of a caller that leaves', async () => {
        server.answer(() => ({ hang: true }));
        const caller = new AbortController();
        const started = provider.start(harness.request, { signal: caller.signal });
        await server.received(1);
        caller.abort();
        expect(await started).toMatchObject({ status: 'failed', failure: { code: 'TIMEOUT' } });
      });
    }
  });
}
