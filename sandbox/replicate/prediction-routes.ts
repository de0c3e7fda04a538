import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { readBody, sendJson, type Exchange } from '../loopback-server.ts';
import type { Pace } from '../pace.ts';
import type { SandboxLog } from '../sandbox-log.ts';
import { readScript } from '../script.ts';
import type { Tally } from '../tally.ts';
import { parseDuration, parsePreferredWait } from './duration.ts';
import { replicateModels, type ReplicateModel } from './models.ts';
import type { Outputs } from './outputs.ts';
import { predictionBody, promptOf, synchronousBody, type Prediction } from './prediction.ts';
import type { Predictions } from './predictions.ts';
import {
  badRequest,
  badVersion,
  invalidInput,
  notFound,
  sendProblem,
  serverError,
  tooLarge,
} from './problems.ts';
import type { Route } from './route.ts';
import { refuseByScript } from './scripted.ts';
import { checkCreationBody, checkInput, type CreationBody } from './validation.ts';

const maxBodyBytes = 128 * 1024 * 1024;
const pageSize = 100;
const minDeadlineMs = 5000;

/** `/v1/predictions` and `/v1/models/{owner}/{name}/predictions`. */
export function createPredictionRoutes(options: {
  origin: string;
  pace: Pace;
  predictions: Predictions;
  outputs: Outputs;
  tally: Tally;
  signal: AbortSignal;
  log: SandboxLog;
}): Route[] {
  const { origin, pace, predictions, outputs, tally, log } = options;
  const gets = new WeakMap<Prediction, number>();

  /** Answers for every fault that can be told without a model, and then with undefined. */
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

  async function create(exchange: Exchange, model: ReplicateModel, body: CreationBody) {
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
    else await answerCreation(exchange, prediction);
  }

  async function answerCreation({ request, response }: Exchange, prediction: Prediction) {
    const seconds = parsePreferredWait(request.headers.prefer?.toString());
    if (seconds === undefined) return sendJson(response, 201, predictionBody(prediction, origin));
    const timer = new AbortController();
    const timeout = pace
      .wait(seconds * 1000, AbortSignal.any([options.signal, timer.signal]))
      .catch(() => {});
    await Promise.race([prediction.settlement.promise, timeout]);
    timer.abort();
    const body = predictionBody(prediction, origin);
    const shown = prediction.status === 'succeeded' ? synchronousBody(body, inline(prediction.output)) : body;
    response.setHeader('Preference-Applied', String(request.headers.prefer));
    sendJson(response, 201, shown);
  }

  function show({ response }: Exchange, prediction: Prediction) {
    sendJson(response, 200, predictionBody(prediction, origin));
  }

  function inline(output: Prediction['output']): JsonValue {
    if (Array.isArray(output)) return output.map(inlineOne);
    return output === null ? null : inlineOne(output);
  }

  function inlineOne(path: string): string {
    const found = outputs.find(path);
    return found ? `data:${found.contentType};base64,${found.bytes.toString('base64')}` : origin + path;
  }

  function list({ response, url }: Exchange) {
    const all = predictions.list();
    const before =
      Number(Buffer.from(url.searchParams.get('cursor') ?? '', 'base64url').toString()) || Infinity;
    const start = all.findIndex(({ sequence }) => sequence < before);
    const page = start < 0 ? [] : all.slice(start, start + pageSize);
    const linkTo = (sequence: number) =>
      `${origin}/v1/predictions?cursor=${Buffer.from(String(sequence)).toString('base64url')}`;
    const last = page.at(-1);
    const hasNext = last !== undefined && last !== all.at(-1);
    const previous = all[Math.max(0, start - pageSize)];
    sendJson(response, 200, {
      previous: start > 0 && previous ? linkTo(previous.sequence + 1) : null,
      next: hasNext ? linkTo(last.sequence) : null,
      results: page.map((prediction) => {
        const { logs: _logs, ...body } = predictionBody(prediction, origin);
        return body;
      }),
    });
  }

  async function get(exchange: Exchange, id: string) {
    const { response } = exchange;
    const prediction = predictions.find(id);
    if (!prediction) return sendProblem(response, notFound);
    const count = (gets.get(prediction) ?? 0) + 1;
    gets.set(prediction, count);
    tally.countGet(prediction.prompt);
    const { script } = prediction;
    if (script.has('flaky') && count <= script.number('flaky', 3)) return sendProblem(response, serverError);
    show(exchange, prediction);
  }

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
        await create(exchange, model, body);
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
        await create(exchange, model, body);
      },
    },
    { method: 'GET', path: /^\/v1\/predictions$/, handle: list },
    {
      method: 'GET',
      path: /^\/v1\/predictions\/([^/]+)$/,
      handle: (exchange, [id = '']) => get(exchange, id),
    },
    {
      method: 'POST',
      path: /^\/v1\/predictions\/([^/]+)\/cancel$/,
      async handle(exchange, [id = '']) {
        const prediction = predictions.find(id);
        if (!prediction) return sendProblem(exchange.response, notFound);
        predictions.cancel(prediction);
        show(exchange, prediction);
      },
    },
  ];
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
