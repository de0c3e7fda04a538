import { readBody, sendJson, sendSlowly, type Exchange } from '../lib/http-server.ts';
import { readScript } from '../lib/script.ts';
import { handleCreation } from './creations.ts';
import type { Emulator } from './emulator.ts';
import { fileBody, type Files, type Outputs } from './files.ts';
import { replicateModels, versionIdOf } from './models.ts';
import { predictionBody, type Prediction } from './prediction.ts';
import type { Predictions } from './predictions.ts';
import { badRequest, notFound, sendProblem, serverError, tooLarge } from './problems.ts';

/** Gets the parts of the path that the route names, in order. */
export type Handler = (exchange: Exchange, ...names: string[]) => void | Promise<void>;

const maxFileBytes = 100 * 1024 * 1024;
const pageSize = 100;

type Context = Emulator & { predictions: Predictions; files: Files; outputs: Outputs };

/** Every endpoint, by its method and path. Those under `/v1` need the token and count for the rate limit. */
export function createRoutes(context: Context): Record<string, Handler> {
  const { pace, stats, signal, outputs } = context;
  return {
    ...accountRoutes(context),
    ...predictionRoutes(context),
    ...fileRoutes(context),
    async 'GET /pbxt/:key/:file'({ response, url }) {
      const output = outputs.find(url.pathname);
      if (!output) return sendProblem(response, notFound);
      const { bytes, contentType, prompt } = output;
      response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': bytes.length });
      await sendSlowly(response, bytes, { script: readScript(prompt), pace, signal });
    },
    'GET /sandbox/stats': ({ response }) => sendJson(response, 200, stats.read()),
  };
}

function accountRoutes({ webhookSecret, pace }: Context): Record<string, Handler> {
  const startedAt = new Date(pace.now()).toISOString();
  return {
    'GET /v1/account': ({ response }) =>
      sendJson(response, 200, { type: 'user', username: 'sandbox', name: 'Sandbox' }),
    'GET /v1/hardware': ({ response }) => sendJson(response, 200, [{ sku: 'cpu', name: 'CPU' }]),
    'GET /v1/webhooks/default/secret': ({ response }) => sendJson(response, 200, { key: webhookSecret }),
    'GET /v1/models/:owner/:name'({ response }, owner = '', name = '') {
      const model = replicateModels.find((candidate) => candidate.name === `${owner}/${name}`);
      if (!model) return sendProblem(response, notFound);
      sendJson(response, 200, {
        url: `https://replicate.com/${model.name}`,
        owner,
        name,
        description: model.description,
        visibility: 'public',
        is_official: true,
        run_count: 0,
        default_example: null,
        latest_version: { id: versionIdOf(model), created_at: startedAt },
      });
    },
  };
}

function predictionRoutes(context: Context): Record<string, Handler> {
  const { origin, stats, predictions } = context;
  const gets = new WeakMap<Prediction, number>();
  return {
    'POST /v1/models/:owner/:name/predictions': (exchange, owner, name) =>
      handleCreation(context, exchange, `${owner}/${name}`),
    'POST /v1/predictions': (exchange) => handleCreation(context, exchange),
    'GET /v1/predictions': ({ response, url }) =>
      sendJson(response, 200, pageOf(predictions.list(), url.searchParams.get('cursor') ?? '', origin)),
    'GET /v1/predictions/:id': withFound(predictions.find, (prediction, { response }) => {
      const { prompt, script } = prediction;
      const count = (gets.get(prediction) ?? 0) + 1;
      gets.set(prediction, count);
      stats.count('gets', prompt);
      if (script.has('flaky') && count <= script.number('flaky', 3))
        return sendProblem(response, serverError);
      sendJson(response, 200, predictionBody(prediction, origin));
    }),
    'POST /v1/predictions/:id/cancel': withFound(predictions.find, (prediction, { response }) => {
      predictions.cancel(prediction);
      sendJson(response, 200, predictionBody(prediction, origin));
    }),
  };
}

function fileRoutes({ origin, files }: Context): Record<string, Handler> {
  return {
    async 'POST /v1/files'({ request, response }) {
      const body = await readBody(request, maxFileBytes);
      if (!body) return sendProblem(response, tooLarge);
      const file = await files.create(body, request.headers['content-type'] ?? '');
      if (!file)
        return sendProblem(response, badRequest('The content field of a multipart form is required'));
      sendJson(response, 201, fileBody(file, origin));
    },
    'GET /v1/files'({ response }) {
      const results = files.values().toReversed();
      sendJson(response, 200, {
        previous: null,
        next: null,
        results: results.map((file) => fileBody(file, origin)),
      });
    },
    'GET /v1/files/:id': withFound(files.get, (file, { response }) =>
      sendJson(response, 200, fileBody(file, origin)),
    ),
    'GET /v1/files/:id/download': withFound(files.get, ({ bytes, contentType }, { response }) =>
      response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': bytes.length }).end(bytes),
    ),
    'DELETE /v1/files/:id'({ response }, id = '') {
      if (!files.delete(id)) return sendProblem(response, notFound);
      response.writeHead(204).end();
    },
  };
}

/** Passes what has the id on, or answers 404. */
function withFound<Found>(
  find: (id: string) => Found | undefined,
  handle: (found: Found, exchange: Exchange) => void,
): Handler {
  return (exchange, id = '') => {
    const found = find(id);
    if (found === undefined) sendProblem(exchange.response, notFound);
    else handle(found, exchange);
  };
}

/** The page that begins below the sequence number in `cursor`; the first one where there is none. */
function pageOf(all: Prediction[], cursor: string, origin: string) {
  const before = Number(Buffer.from(cursor, 'base64url').toString()) || Infinity;
  const start = all.findIndex(({ sequence }) => sequence < before);
  const page = start < 0 ? [] : all.slice(start, start + pageSize);
  const linkTo = (sequence: number) =>
    `${origin}/v1/predictions?cursor=${Buffer.from(String(sequence)).toString('base64url')}`;
  const last = page.at(-1);
  const hasNext = last !== undefined && last !== all.at(-1);
  const previous = all[Math.max(0, start - pageSize)];
  return {
    previous: start > 0 && previous ? linkTo(previous.sequence + 1) : null,
    next: hasNext ? linkTo(last.sequence) : null,
    results: page.map((prediction) => {
      const { logs: _logs, ...body } = predictionBody(prediction, origin);
      return body;
    }),
  };
}
