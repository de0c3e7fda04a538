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
import { readScript, type Script } from '../lib/script.ts';
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
import { createGeneration, type Generation, UnreadableImageError } from './generation.ts';
import { servedModel } from './model.ts';
import { maxRequestBytes, readGenerateRequest, type GenerateRequest } from './request.ts';
import { buildResponse, type Outcome } from './response.ts';

const methods = ['generateContent', 'streamGenerateContent'];

/** What the handlers of a call share. */
interface Emulator {
  apiKey: string;
  pace: Pace;
  stats: Stats;
  generation: Generation;
  /** Aborts when the emulator closes. */
  stopping: AbortSignal;
  log: SandboxLog;
}

/** Emulates the Gemini Developer API for pictures on `port` of 127.0.0.1; clients must present `apiKey`. */
export async function startGemini({
  pace,
  pictures,
  log,
  port = 0,
  apiKey = `sandbox-${randomBytes(24).toString('base64url')}`,
}: {
  pace: Pace;
  pictures: Pictures;
  log: SandboxLog;
  port?: number | undefined;
  apiKey?: string | undefined;
}) {
  const stop = new AbortController();
  const stats = createStats();
  const generation = createGeneration({ pace, pictures });
  const emulator = { apiKey, pace, stats, generation, stopping: stop.signal, log };
  const server = await listenOnLoopback({
    port,
    handle: (exchange) => dispatch(emulator, exchange),
    fail: (error) => log('sandbox request failed', { error }),
  });
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
  if (name !== servedModel.name || (method && !methods.includes(method)))
    return sendError(response, modelNotFound(name, version));
  if (request.method === 'POST' && method) return await handleCall(emulator, exchange, method);
  sendJson(response, 200, {
    name: `models/${name}`,
    displayName: servedModel.displayName,
    supportedGenerationMethods: methods,
  });
}

async function handleCall(emulator: Emulator, exchange: Exchange, method: string): Promise<void> {
  const { pace, stats, log } = emulator;
  const { request, response } = exchange;
  const startedAt = pace.now();
  const bytes = await readBody(request, maxRequestBytes);
  const tooLarge = `Request payload size exceeds the limit: ${maxRequestBytes} bytes.`;
  if (!bytes) return sendError(response, invalidArgument(tooLarge));
  const read = readGenerateRequest(bytes);
  if ('error' in read) return sendError(response, read.error);
  const script = readScript(read.prompt);
  if (script.unknown.length > 0) log('unknown words in a prompt', { words: script.unknown });
  const refusal = scriptedError(read.prompt, script, stats);
  if (refusal) return sendError(response, refusal);
  stats.count('creations', read.prompt);
  const outcome = await stats.whileRunning(generate(emulator, exchange, read, script));
  if (!outcome) return;
  response.setHeader('Server-Timing', `gfet4t7; dur=${pace.now() - startedAt}`);
  const isStream = method === 'streamGenerateContent';
  await sendOutcome(emulator, exchange, { request: read, outcome, script, isStream });
}

/** Undefined where an error has been sent, or the client has disconnected. */
async function generate(
  { pace, generation, stopping, log }: Emulator,
  { request, response }: Exchange,
  read: GenerateRequest,
  script: Script,
): Promise<Outcome | undefined> {
  const disconnect = new AbortController();
  response.once('close', () => disconnect.abort());
  const timeoutSeconds = Number(request.headers['x-server-timeout']);
  const timeout = timeoutSeconds > 0 ? AbortSignal.timeout(timeoutSeconds * 1000) : undefined;
  const signal = AbortSignal.any([stopping, disconnect.signal, ...(timeout ? [timeout] : [])]);
  try {
    if (script.has('drop') || script.has('aborted')) {
      await pace.work(pace.between(0.8, 1.2), signal);
      if (script.has('drop')) request.socket.destroy();
      else sendError(response, deadlineExceeded);
      return undefined;
    }
    return await generation.generate(read, script, signal);
  } catch (error) {
    if (error instanceof UnreadableImageError) sendError(response, unreadableImage);
    else if (timeout?.aborted && !disconnect.signal.aborted) sendError(response, deadlineExceeded);
    else if (!signal.aborted) {
      log('sandbox picture failed', { error });
      sendError(response, internal);
    }
    return undefined;
  }
}

async function sendOutcome(
  { pace, stopping }: Emulator,
  { response, url }: Exchange,
  options: { request: GenerateRequest; outcome: Outcome; script: Script; isStream: boolean },
): Promise<void> {
  const { request, outcome, script, isStream } = options;
  const { whole, chunks } = buildResponse(request, outcome);
  const isEvents = isStream && url.searchParams.get('alt') === 'sse';
  response.writeHead(200, {
    'Content-Type': isEvents ? 'text/event-stream' : 'application/json; charset=UTF-8',
  });
  const events = () => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`).join('');
  const text = isEvents ? events() : JSON.stringify(isStream ? chunks : whole);
  const bytes = Buffer.from(script.has('bad-response') ? text.slice(0, text.length / 2) : text);
  await sendSlowly(response, bytes, { prompt: request.prompt, pace, signal: stopping });
}
