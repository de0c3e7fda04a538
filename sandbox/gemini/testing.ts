import { GoogleGenAI } from '@google/genai';
import { startSandbox, type SandboxOptions } from '../sandbox.ts';

export const model = 'gemini-3-pro-image';

/** The emulator at speed, the real SDK on it, and bare requests for what the SDK hides. Disposed of with `await using`. */
export async function startGeminiTest(options: Partial<SandboxOptions> = {}) {
  const sandbox = await startSandbox({ providers: ['gemini'], speed: 200, plainPictures: true, ...options });
  const { gemini } = sandbox;
  if (!gemini) throw new Error('Gemini was not started');
  const client = new GoogleGenAI({
    apiKey: gemini.apiKey,
    apiVersion: 'v1beta',
    vertexai: false,
    httpOptions: { baseUrl: gemini.baseUrl },
  });

  async function call(body: unknown, changes: { path?: string; headers?: Record<string, string> } = {}) {
    const { path = `/v1beta/models/${model}:generateContent`, headers = {} } = changes;
    const response = await fetch(`${gemini?.baseUrl}${path}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'x-goog-api-key': gemini?.apiKey ?? '', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson ? JSON.parse(text) : undefined,
    };
  }

  return {
    ...gemini,
    client,
    call,
    say: (text: string, more: object = {}, headers: Record<string, string> = {}) =>
      call({ contents: [{ parts: [{ text }] }], ...more }, { headers }),
    [Symbol.asyncDispose]: () => sandbox.close(),
  };
}

export function image(mimeType: string, bytes: Buffer) {
  return { inlineData: { mimeType, data: bytes.toString('base64') } };
}
