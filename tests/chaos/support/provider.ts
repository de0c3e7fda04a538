/**
 * The provider that all nodes share: the sandbox in the test's process, behind a gateway that sees every call, may
 * swallow it or its answer, and brings Replicate's webhooks to a node, as a balancer would.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { startSandbox } from '../../../sandbox/sandbox.ts';

export interface ProviderCall {
  /** The node that called, as in its base URL. */
  node: string;
  kind: 'create' | 'get' | 'list' | 'cancel' | 'other';
  /** `asked`: the provider does not know of it yet. `answered`: it is done, and the caller does not know. */
  phase: 'asked' | 'answered';
  /** Names the prediction, where there is one. */
  path: string;
}

export interface ChaosProvider {
  /** The variables of a node that calls the provider through the gateway. */
  env(node: string): Record<string, string>;
  /** With these, webhooks are asked for. */
  webhookEnv: { PUBLIC_URL: string; REPLICATE_WEBHOOK_SECRET: string };
  /** Called with every call; false swallows it, or its answer. */
  watch: (call: ProviderCall) => boolean;
  /** Where webhooks may be brought; one is chosen for each delivery, and the next where that one is away. */
  receivers: () => string[];
  /** Calls to Replicate that were let through. */
  readonly calls: number;
  /** Most often that work for one prompt was taken, over all prompts that say so. */
  mostCreations(isCounted?: (prompt: string) => boolean): number;
  creations(prompt: string): number;
  close(): Promise<void>;
}

/** An address that Replicate would take; nothing is ever sent there. */
const publicUrl = 'https://proofsheet.example';

export async function startProvider({ speed = 40 } = {}): Promise<ChaosProvider> {
  const sandbox = await startSandbox({
    providers: ['replicate', 'gemini'],
    speed,
    plainPictures: true,
    replicateLimits: { creationsPerMinute: 1e9, othersPerMinute: 1e9 },
  });
  const replicate = sandbox.replicate!;
  const gemini = sandbox.gemini!;
  const sandboxOrigin = new URL(replicate.baseUrl).origin;
  let calls = 0;

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(request);
    const url = request.url ?? '/';
    if (url.startsWith('/webhooks/')) return bring(url, request, body, response);
    const [, node = '', path = url] = /^\/node\/([^/]+)(\/.*)$/.exec(url) ?? [];
    const kind = kindOf(request.method ?? 'GET', path);
    const away = () => response.destroy();
    if (!provider.watch({ node, kind, phase: 'asked', path })) return void away();
    calls += 1;
    const headers = Object.entries(request.headers).filter(([name]) => forwarded.has(name));
    const isJson = request.headers['content-type']?.includes('json');
    const sent = isJson ? body.toString().replaceAll(`${publicUrl}/webhooks`, `${origin}/webhooks`) : body;
    const answer = await fetch(sandboxOrigin + path, {
      method: request.method ?? 'GET',
      headers: headers as [string, string][],
      ...(body.length > 0 && { body: sent as BodyInit }),
    });
    let bytes = Buffer.from(await answer.arrayBuffer());
    const contentType = answer.headers.get('content-type') ?? '';
    if (contentType.includes('json'))
      bytes = Buffer.from(bytes.toString().replaceAll(`${origin}/webhooks`, `${publicUrl}/webhooks`));
    if (!provider.watch({ node, kind, phase: 'answered', path })) return void away();
    response.writeHead(answer.status, { 'Content-Type': contentType }).end(bytes);
  }

  async function bring(url: string, request: IncomingMessage, body: Buffer, response: ServerResponse) {
    const headers = Object.entries(request.headers).filter(([name]) => /^webhook-|^content-type$/.test(name));
    for (const receiver of provider.receivers()) {
      try {
        const options = { method: 'POST', headers: headers as [string, string][], body: body as BodyInit };
        const answer = await fetch(receiver + url, { ...options, signal: AbortSignal.timeout(4_000) });
        if (answer.status < 500) return void response.writeHead(answer.status).end();
      } catch {
        // It is away: the next one.
      }
    }
    response.writeHead(502).end();
  }

  const provider: ChaosProvider = {
    env: (node) => ({
      REPLICATE_API_TOKEN: replicate.token,
      REPLICATE_BASE_URL: `${origin}/node/${node}/v1`,
      // Its outputs lie at the sandbox, beside the gateway.
      OUTPUT_ORIGINS: sandboxOrigin,
      GEMINI_API_KEY: gemini.apiKey,
      GEMINI_BASE_URL: gemini.baseUrl,
    }),
    webhookEnv: { PUBLIC_URL: publicUrl, REPLICATE_WEBHOOK_SECRET: replicate.webhookSecret },
    watch: () => true,
    receivers: () => [],
    get calls() {
      return calls;
    },
    mostCreations(isCounted = () => true) {
      const counts = [replicate, gemini].flatMap((emulator) => Object.entries(emulator.stats().creations));
      return Math.max(0, ...counts.filter(([prompt]) => isCounted(prompt)).map(([, count]) => count));
    },
    creations: (prompt) =>
      (replicate.stats().creations[prompt] ?? 0) + (gemini.stats().creations[prompt] ?? 0),
    async close() {
      server.closeAllConnections();
      server.close();
      await sandbox.close();
    },
  };
  return provider;
}

const forwarded = new Set(['authorization', 'content-type', 'cancel-after', 'prefer']);

function kindOf(method: string, path: string): ProviderCall['kind'] {
  if (method === 'POST' && path.endsWith('/cancel')) return 'cancel';
  if (method === 'POST' && path.endsWith('/predictions')) return 'create';
  if (method === 'GET' && /\/predictions\/[^/]+$/.test(path)) return 'get';
  if (method === 'GET' && /\/predictions(\?|$)/.test(path)) return 'list';
  return 'other';
}
