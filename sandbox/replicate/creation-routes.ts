import { isObject, type JsonObject, type JsonValue } from '../lib/json.ts';
import { readBody, sendJson, type Exchange } from '../lib/loopback-server.ts';
import type { Pace } from '../lib/pace.ts';
import type { SandboxLog } from '../lib/log.ts';
import { readScript } from '../lib/script.ts';
import type { Tally } from '../lib/tally.ts';
import { parseDuration, parsePreferredWait } from './duration.ts';
import { replicateModels, type ReplicateModel } from './models.ts';
import type { Outputs } from './outputs.ts';
import { predictionBody, promptOf, synchronousBody, type Prediction } from './prediction.ts';
import type { Predictions } from './predictions.ts';
import { badRequest, badVersion, invalidInput, notFound, sendProblem, tooLarge } from './problems.ts';
import type { Route } from './route.ts';
import { refuseByScript } from './scripted.ts';
import { checkCreationBody, checkInput, type CreationBody } from './validation.ts';

interface Dependencies {
  origin: string;
  pace: Pace;
  predictions: Predictions;
  outputs: Outputs;
  tally: Tally;
  /** Aborts when the emulator closes. */
  signal: AbortSignal;
  log: SandboxLog;
}

const maxBodyBytes = 128 * 1024 * 1024;
const minDeadlineMs = 5000;

/** POST `/v1/predictions` and `/v1/models/{owner}/{name}/predictions`. */
export function createCreationRoutes(dependencies: Dependencies): Route[] {
  return [
    {
      method: 'POST',
      path: /^\/v1\/models\/([^/]+\/[^/]+)\/predictions$/,
      isCreation: true,
      async handle(exchange, [name]) {
        const body = await readCreation(exchange, false);
        if (!body) return;
        const model = replicateModels.find((candidate) => candidate.name === name);
        if (!model) return sendProblem(exchange.response, notFound);
        await create(dependencies, exchange, model, body);
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/predictions$/,
      isCreation: true,
      async handle(exchange) {
        const body = await readCreation(exchange, true);
        if (!body) return;
        const model = findByVersion(body.version ?? '');
        if (!model) return sendProblem(exchange.response, badVersion);
        await create(dependencies, exchange, model, body);
      },
    },
  ];
}

/** Undefined where the body has a fault that shows without a model; the fault has been sent. */
async function readCreation({ request, response }: Exchange, versionExpected: boolean) {
  const bytes = await readBody(request, maxBodyBytes);
  if (!bytes) return void sendProblem(response, tooLarge);
  const body = parseJson(bytes);
  if (!isObject(body))
    return void sendProblem(response, badRequest('The request body must be a JSON object'));
  const faults = checkCreationBody(body, { versionExpected });
  if (faults.length > 0) return void sendProblem(response, invalidInput(faults));
  return body as JsonObject & CreationBody;
}

async function create(
  dependencies: Dependencies,
  exchange: Exchange,
  model: ReplicateModel,
  body: CreationBody,
): Promise<void> {
  const { predictions, tally, log } = dependencies;
  const { request, response } = exchange;
  const faults = checkInput(body.input, model.fields, model.required);
  if (faults.length > 0) return sendProblem(response, invalidInput(faults));
  const header = request.headers['cancel-after'];
  const cancelAfterMs = typeof header === 'string' ? parseDuration(header) : undefined;
  if (header !== undefined && (cancelAfterMs === undefined || cancelAfterMs < minDeadlineMs)) {
    const description = 'Cancel-After must be a duration of at least 5 seconds, such as 15s or 1m';
    return sendProblem(response, invalidInput([{ type: 'format', field: 'Cancel-After', description }]));
  }
  const prompt = promptOf(body.input);
  const script = readScript(prompt);
  if (script.unknown.length > 0) log('unknown words in a prompt', { words: script.unknown });
  if (refuseByScript(response, { prompt, script }, tally)) return;
  const prediction = predictions.create(model, body, cancelAfterMs);
  if (script.has('drop')) request.socket.destroy();
  else await sendCreated(dependencies, exchange, prediction);
}

async function sendCreated(
  { origin, pace, outputs, signal }: Dependencies,
  { request, response }: Exchange,
  prediction: Prediction,
): Promise<void> {
  const seconds = parsePreferredWait(request.headers.prefer?.toString());
  if (seconds === undefined) return sendJson(response, 201, predictionBody(prediction, origin));
  const timer = new AbortController();
  const timeout = pace.wait(seconds * 1000, AbortSignal.any([signal, timer.signal])).catch(() => {});
  await Promise.race([prediction.settlement.promise, timeout]);
  timer.abort();
  const body = predictionBody(prediction, origin);
  const isInlined = prediction.status === 'succeeded';
  response.setHeader('Preference-Applied', String(request.headers.prefer));
  sendJson(
    response,
    201,
    isInlined ? synchronousBody(body, inline(prediction.output, { origin, outputs })) : body,
  );
}

/** The output as data URIs; an address where the picture has expired. */
function inline(
  output: Prediction['output'],
  { origin, outputs }: Pick<Dependencies, 'origin' | 'outputs'>,
): JsonValue {
  const inlineOne = (path: string) => {
    const found = outputs.find(path);
    return found ? `data:${found.contentType};base64,${found.bytes.toString('base64')}` : origin + path;
  };
  if (Array.isArray(output)) return output.map(inlineOne);
  return output === null ? null : inlineOne(output);
}

/** A version is 64 hexadecimal digits, `owner/name`, or both with a colon between them. */
function findByVersion(version: string): ReplicateModel | undefined {
  return replicateModels.find(({ name, versionId }) =>
    [versionId, name, `${name}:${versionId}`].includes(version),
  );
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
