/** The emulators at speed, each with the real SDK and with plain requests for what the SDK hides. */
import { GoogleGenAI } from '@google/genai';
import Replicate, { type Prediction } from 'replicate';
import { vi } from 'vitest';
import { startSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts';

export const flux = 'black-forest-labs/flux-schnell';
export const nanoBanana = 'google/nano-banana';
export const seedream = 'bytedance/seedream-4';
export const geminiModel = 'gemini-3-pro-image';

const finalStatuses = ['succeeded', 'failed', 'canceled', 'aborted'];
const atSpeed = { speed: 200, plainPictures: true };

/** The Replicate emulator; disposed of with `await using`. */
export async function startReplicateTest(options: Partial<SandboxOptions> = {}) {
  const sandbox = await startSandbox({ providers: ['replicate'], ...atSpeed, ...options });
  const { replicate } = sandbox;
  if (!replicate) throw new Error('Replicate was not started');
  const { baseUrl, token } = replicate;
  const client = new Replicate({ auth: token, baseUrl, useFileOutput: false });
  const call = (path: string, { headers = {}, ...init }: PlainRequest = {}) =>
    send(baseUrl + path, { ...init, headers: { Authorization: `Bearer ${token}`, ...headers } });

  return {
    ...replicate,
    client,
    call,
    /** A creation without the SDK, which would repeat it. */
    create: (model: string, input: object, headers: Record<string, string> = {}, more: object = {}) =>
      call(`/models/${model}/predictions`, {
        method: 'POST',
        body: JSON.stringify({ input, ...more }),
        headers,
      }),
    /** The prediction when its status is final. */
    async end({ id }: { id: string }): Promise<Prediction> {
      return await vi.waitFor(
        async () => {
          const prediction = await client.predictions.get(id);
          if (!finalStatuses.includes(prediction.status)) throw new Error(`still ${prediction.status}`);
          return prediction;
        },
        { timeout: 20_000, interval: 20 },
      );
    },
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/** The Gemini emulator; disposed of with `await using`. */
export async function startGeminiTest(options: Partial<SandboxOptions> = {}) {
  const sandbox = await startSandbox({ providers: ['gemini'], ...atSpeed, ...options });
  const { gemini } = sandbox;
  if (!gemini) throw new Error('Gemini was not started');
  const { baseUrl, apiKey } = gemini;
  const client = new GoogleGenAI({
    apiKey,
    apiVersion: 'v1beta',
    vertexai: false,
    httpOptions: { baseUrl },
  });
  const call = (body: unknown, changes: { path?: string; headers?: Record<string, string> } = {}) => {
    const { path = `/v1beta/models/${geminiModel}:generateContent`, headers = {} } = changes;
    return send(baseUrl + path, {
      method: 'POST',
      headers: { 'x-goog-api-key': apiKey, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  };

  return {
    ...gemini,
    client,
    call,
    say: (text: string, more: object = {}, headers: Record<string, string> = {}) =>
      call({ contents: [{ parts: [{ text }] }], ...more }, { headers }),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

/** A part of a Gemini request that holds an image. */
export function image(mimeType: string, bytes: Buffer) {
  return { inlineData: { mimeType, data: bytes.toString('base64') } };
}

type PlainRequest = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> };

async function send(url: string, { headers, ...init }: PlainRequest) {
  const response = await fetch(url, { ...init, headers: { 'Content-Type': 'application/json', ...headers } });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  };
}
