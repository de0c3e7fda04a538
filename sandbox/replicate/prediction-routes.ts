import { sendJson, type Exchange } from '../lib/loopback-server.ts';
import type { Tally } from '../lib/tally.ts';
import { predictionBody, type Prediction } from './prediction.ts';
import type { Predictions } from './predictions.ts';
import { notFound, sendProblem, serverError } from './problems.ts';
import type { Route } from './route.ts';

interface Dependencies {
  origin: string;
  predictions: Predictions;
  tally: Tally;
}

const pageSize = 100;

/** Lists, shows and cancels predictions under `/v1/predictions`. */
export function createPredictionRoutes({ origin, predictions, tally }: Dependencies): Route[] {
  const gets = new WeakMap<Prediction, number>();
  const show = ({ response }: Exchange, prediction: Prediction) =>
    sendJson(response, 200, predictionBody(prediction, origin));

  return [
    {
      method: 'GET',
      path: /^\/v1\/predictions$/,
      handle: ({ response, url }) =>
        sendJson(response, 200, pageOf(predictions.list(), url.searchParams.get('cursor') ?? '', origin)),
    },
    {
      method: 'GET',
      path: /^\/v1\/predictions\/([^/]+)$/,
      handle(exchange, [id = '']) {
        const prediction = predictions.find(id);
        if (!prediction) return sendProblem(exchange.response, notFound);
        const count = (gets.get(prediction) ?? 0) + 1;
        gets.set(prediction, count);
        const { prompt, script } = prediction;
        tally.countGet(prompt);
        if (script.has('flaky') && count <= script.number('flaky', 3))
          return sendProblem(exchange.response, serverError);
        show(exchange, prediction);
      },
    },
    {
      method: 'POST',
      path: /^\/v1\/predictions\/([^/]+)\/cancel$/,
      handle(exchange, [id = '']) {
        const prediction = predictions.find(id);
        if (!prediction) return sendProblem(exchange.response, notFound);
        predictions.cancel(prediction);
        show(exchange, prediction);
      },
    },
  ];
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
