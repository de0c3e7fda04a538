import { randomBytes } from 'node:crypto';
import {
  listenOnLoopback,
  readBody,
  sendJson,
  sendSlowly,
  sendText,
  type Exchange,
} from '../lib/http-server.ts';
import type { Pace, SandboxLog } from '../lib/pace.ts';
import type { Pictures } from '../drawing/pictures.ts';
import { readScript } from '../lib/script.ts';
import { createStats, type Stats } from '../lib/stats.ts';
import {
  deadlineExceeded,
  internal,
  invalidArgument,
  invalidKey,
  missingKey,
  modelNotFound,
  scriptedError,
  sendError,
  unreadableImage,
} from './errors.ts';
import { generate, UnreadableImageError, type Call } from './generation.ts';
import { type GeminiModel, servedModels } from './model.ts';
import { maxRequestBytes, readGenerateRequest } from './request.ts';
import { buildResponse, type Outcome } from './response.ts';

const methods = ['generateContent', 'streamGenerateContent'];

interface Shared {
  pace: Pace;
  pictures: Pictures;
  log: SandboxLog;
}

/** What the handlers of a call share. */
interface Emulator extends Shared {
  apiKey: string;
  stats: Stats;
  /** Aborts when the emulator closes. */
  stopping: AbortSignal;
}

/** Emulates the Gemini Developer API for pictures on `port` of 127.0.0.1; clients must present `apiKey`. */
export async function startGemini({
  port = 0,
  apiKey = `sandbox-${randomBytes(24).toString('base64url')}`,
  ...shared
}: Shared & { port?: number | undefined; apiKey?: string | undefined }) {
  const stop = new AbortController();
  const stats = createStats();
  const emulator: Emulator = { ...shared, apiKey, stats, stopping: stop.signal };
  const server = await listenOnLoopback(port, shared.log, (exchange) => dispatch(emulator, exchange));
  return {
    /** As the SDK takes it: without a version. */
    baseUrl: server.origin,
    apiKey,
    stats: stats.read,
    /** Ends all work and cuts every connection. */
    async close() {
      stop.abort();
      await server.close();
    },
  };
}

async function dispatch(emulator: Emulator, exchange: Exchange): Promise<void> {
  const { request, response, url } = exchange;
  if (url.pathname === '/sandbox/stats') return sendJson(response, 200, emulator.stats.read());
  const path = /^\/(v1|v1beta)\/models\/([^/:]+)(?::(\w+))?$/.exec(url.pathname);
  if (!path) return sendText(response, 404, 'The requested URL was not found on this server.\n');
  const key = request.headers['x-goog-api-key'] ?? url.searchParams.get('key');
  if (!key) return sendError(response, missingKey);
  if (key !== emulator.apiKey) return sendError(response, invalidKey);
  const [, version = '', name = '', method = ''] = path;
  const model = servedModels.find((served) => served.name === name);
  if (!model || (method && !methods.includes(method)))
    return sendError(response, modelNotFound(name, version));
  if (request.method === 'POST' && method) return await handleCall(emulator, exchange, { model, method });
  sendJson(response, 200, {
    name: `models/${name}`,
    displayName: model.displayName,
    supportedGenerationMethods: methods,
  });
}

async function handleCall(
  emulator: Emulator,
  exchange: Exchange,
  { model, method }: { model: GeminiModel; method: string },
): Promise<void> {
  const { pace, stats, log } = emulator;
  const { response } = exchange;
  const startedAt = pace.now();
  const bytes = await readBody(exchange.request, maxRequestBytes);
  const tooLarge = `Request payload size exceeds the limit: ${maxRequestBytes} bytes.`;
  if (!bytes) return sendError(response, invalidArgument(tooLarge));
  const request = readGenerateRequest(bytes, model);
  if ('error' in request) return sendError(response, request.error);
  const { prompt } = request;
  const script = readScript(prompt);
  if (script.unknown.length > 0) log('unknown words in a prompt', { words: script.unknown });
  const refusal = scriptedError(prompt, script, stats);
  if (refusal) return sendError(response, refusal);
  stats.count('creations', prompt);
  const outcome = await stats.whileRunning(prompt, (isAlone) =>
    work(emulator, exchange, { request, script, isAlone }),
  );
  if (!outcome) return;
  response.setHeader('Server-Timing', `gfet4t7; dur=${pace.now() - startedAt}`);
  const isStream = method === 'streamGenerateContent';
  const isEvents = isStream && exchange.url.searchParams.get('alt') === 'sse';
  response.writeHead(200, {
    'Content-Type': isEvents ? 'text/event-stream' : 'application/json; charset=UTF-8',
  });
  const { whole, chunks } = buildResponse(request, outcome);
  const events = () => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('');
  const text = isEvents ? events() : JSON.stringify(isStream ? chunks : whole);
  const sent = Buffer.from(script.has('bad-response') ? text.slice(0, text.length / 2) : text);
  await sendSlowly(response, sent, { script, pace, signal: emulator.stopping });
}

/** Undefined where an error has been sent, or the client has disconnected. */
async function work(
  emulator: Emulator,
  { request, response }: Exchange,
  call: Omit<Call, 'signal'>,
): Promise<Outcome | undefined> {
  const { pace, stopping, log } = emulator;
  const { script } = call;
  const disconnect = new AbortController();
  response.once('close', () => disconnect.abort());
  const timeoutSeconds = Number(request.headers['x-server-timeout']);
  const timeout = timeoutSeconds > 0 ? AbortSignal.timeout(timeoutSeconds * 1000) : undefined;
  const signal = AbortSignal.any([stopping, disconnect.signal, ...(timeout ? [timeout] : [])]);
  try {
    if (!script.has('drop') && !script.has('aborted')) return await generate(emulator, { ...call, signal });
    await pace.work(pace.between(0.8, 1.2), signal);
    if (script.has('drop')) request.socket.destroy();
    else sendError(response, deadlineExceeded);
  } catch (error) {
    if (error instanceof UnreadableImageError) sendError(response, unreadableImage);
    else if (timeout?.aborted && !disconnect.signal.aborted) sendError(response, deadlineExceeded);
    else if (!signal.aborted) {
      log('sandbox picture failed', { error });
      sendError(response, internal);
    }
  }
  return undefined;
}
