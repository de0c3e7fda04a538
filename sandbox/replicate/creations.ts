import { isObject, parseJson, type JsonObject, type JsonValue } from '../lib/json.ts';
import { proxyErrorPage, readBody, sendJson, sendText, type Exchange } from '../lib/http-server.ts';
import { readScript, type Script } from '../lib/script.ts';
import type { Stats } from '../lib/stats.ts';
import type { Emulator } from './emulator.ts';
import type { Outputs } from './files.ts';
import { replicateModels, versionIdOf, type ReplicateModel } from './models.ts';
import { predictionBody, type Prediction } from './prediction.ts';
import type { Predictions } from './predictions.ts';
import * as problems from './problems.ts';
import { checkCreationBody, checkInput, type CreationBody } from './validation.ts';

const maxBodyBytes = 128 * 1024 * 1024;
const minDeadlineMs = 5000;
const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000 };

type Context = Emulator & { predictions: Predictions; outputs: Outputs };

/** Handles a creation for the model of this name, or without a name for the version in its body. */
export async function handleCreation(context: Context, exchange: Exchange, name?: string): Promise<void> {
  const { predictions, stats, log } = context;
  const { request, response } = exchange;
  const refuse = (problem: problems.Problem) => problems.sendProblem(response, problem);
  const bytes = await readBody(request, maxBodyBytes);
  if (!bytes) return refuse(problems.tooLarge);
  const body = parseJson(bytes);
  if (!isObject(body)) return refuse(problems.badRequest('The request body must be a JSON object'));
  const bodyFaults = checkCreationBody(body, { versionExpected: name === undefined });
  if (bodyFaults.length > 0) return refuse(problems.invalidInput(bodyFaults));
  const creation = body as JsonObject & CreationBody;
  const model =
    name === undefined
      ? findByVersion(creation.version ?? '')
      : replicateModels.find((candidate) => candidate.name === name);
  if (!model) return refuse(name === undefined ? problems.badVersion : problems.notFound);
  const faults = checkInput(creation.input, model.fields, model.required);
  if (faults.length > 0) return refuse(problems.invalidInput(faults));
  const header = request.headers['cancel-after']?.toString();
  const cancelAfterMs = header === undefined ? undefined : parseDuration(header);
  if (header !== undefined && (cancelAfterMs ?? 0) < minDeadlineMs) {
    const description = 'Cancel-After must be a duration of at least 5 seconds, such as 15s or 1m';
    return refuse(problems.invalidInput([{ type: 'format', field: 'Cancel-After', description }]));
  }
  const prompt = String(creation.input.prompt);
  const script = readScript(prompt);
  if (script.unknown.length > 0) log('unknown words in a prompt', { words: script.unknown });
  if (refuseByScript(exchange, prompt, script, stats)) return;
  const prediction = predictions.create(model, creation, cancelAfterMs);
  if (script.has('drop')) request.socket.destroy();
  else await sendCreated(context, exchange, prediction);
}

/** Answers a creation that the prompt's words refuse, and says whether it did; nothing is created then. */
function refuseByScript({ response }: Exchange, prompt: string, script: Script, stats: Stats): boolean {
  const { has, number } = script;
  const isLimited =
    has('rate-limited') && stats.isAmongFirst(number('rate-limited', 1), prompt, 'rate-limited');
  if (has('auth')) problems.sendProblem(response, problems.unauthenticated);
  else if (has('no-credit')) problems.sendProblem(response, problems.insufficientCredit);
  else if (has('quota')) problems.sendProblem(response, problems.lowCredit);
  else if (isLimited) problems.sendProblem(response, problems.throttled(1));
  else if (has('outage')) sendText(response, 502, proxyErrorPage, 'text/html; charset=UTF-8');
  else if (has('bad-response')) sendText(response, 201, proxyErrorPage, 'text/html; charset=UTF-8');
  else return false;
  return true;
}

async function sendCreated(
  { origin, pace, outputs, signal }: Context,
  { request, response }: Exchange,
  prediction: Prediction,
): Promise<void> {
  const seconds = parsePreferredWait(request.headers.prefer?.toString());
  if (seconds === undefined) return sendJson(response, 201, predictionBody(prediction, origin));
  const timer = new AbortController();
  const timeout = pace.wait(seconds * 1000, AbortSignal.any([signal, timer.signal])).catch(() => {});
  await Promise.race([prediction.settlement.promise, timeout]);
  timer.abort();
  response.setHeader('Preference-Applied', String(request.headers.prefer));
  const body = predictionBody(prediction, origin);
  if (prediction.status !== 'succeeded') return sendJson(response, 201, body);
  // The pictures are inlined, while the status is still `processing` and the fields of the end are missing.
  const { completed_at: _completedAt, metrics: _metrics, ...rest } = body;
  const output = inline(prediction.output, outputs, origin);
  sendJson(response, 201, { ...rest, status: 'processing', logs: '', output });
}

/** The output as data URIs; an address where the picture has expired. */
function inline(output: Prediction['output'], outputs: Outputs, origin: string): JsonValue {
  const inlineOne = (path: string) => {
    const found = outputs.find(path);
    return found ? `data:${found.contentType};base64,${found.bytes.toString('base64')}` : origin + path;
  };
  return Array.isArray(output) ? output.map(inlineOne) : output && inlineOne(output);
}

/** A version is 64 hexadecimal digits, `owner/name`, or both with a colon between them. */
function findByVersion(version: string): ReplicateModel | undefined {
  return replicateModels.find((model) => {
    const versionId = versionIdOf(model);
    return [versionId, model.name, `${model.name}:${versionId}`].includes(version);
  });
}

/** A `Cancel-After` header, such as `90`, `15s` or `1h30m`, in milliseconds; undefined where it is none. */
export function parseDuration(value: string): number | undefined {
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  if (!/^(\d+[hms])+$/.test(value)) return undefined;
  const parts = value.matchAll(/(\d+)([hms])/g);
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitMs[unit ?? ''] ?? 0), 0);
}

/** The seconds of a `Prefer: wait` header, 1 to 60; undefined where the answer is not to wait. */
export function parsePreferredWait(value: string | undefined): number | undefined {
  const match = /^wait(?:=(\d+))?$/.exec(value ?? '');
  return match ? Math.min(60, Math.max(1, Number(match[1] ?? 60))) : undefined;
}
