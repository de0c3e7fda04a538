import Replicate, { type Prediction } from 'replicate';
import { vi } from 'vitest';
import { startSandbox, type SandboxOptions } from '../sandbox.ts';

export const flux = 'black-forest-labs/flux-schnell';
export const nanoBanana = 'google/nano-banana';
export const seedream = 'bytedance/seedream-4';

const finalStatuses = ['succeeded', 'failed', 'canceled', 'aborted'];

/** The emulator at speed, the real SDK on it, and bare requests for what the SDK hides. Disposed of with `await using`. */
export async function startReplicateTest(options: Partial<SandboxOptions> = {}) {
  const sandbox = await startSandbox({
    providers: ['replicate'],
    speed: 200,
    plainPictures: true,
    ...options,
  });
  const { replicate } = sandbox;
  if (!replicate) throw new Error('Replicate was not started');
  const client = new Replicate({ auth: replicate.token, baseUrl: replicate.baseUrl, useFileOutput: false });

  async function call(
    path: string,
    { headers = {}, ...init }: RequestInit & { headers?: Record<string, string> } = {},
  ) {
    const response = await fetch(`${replicate?.baseUrl}${path}`, {
      ...init,
      headers: {
        Authorization: `Bearer ${replicate?.token}`,
        'Content-Type': 'application/json',
        ...headers,
      },
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
