/**
 * Answers the usual requests without the HTTP layer of Yoga, which takes more time than a small query itself. Yoga answers
 * all others: what the fast path does not know to run as it is, it leaves to Yoga with the body that it has read.
 */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { type DocumentNode, type ExecutionResult, getOperationAST } from 'graphql';
import { processRegularResult } from 'graphql-yoga';
import { type AdmittedHandler, credentialsOf } from '../http/request-limits.ts';
import type { Log } from '../lib/log.ts';
import type { Documents } from './documents.ts';
import type { GraphQLHandler } from './http.ts';
import { acceptedJson, isPlainJson, type OperationParams, paramsIn, readBody } from './json-request.ts';
import { setRetryAfter } from './operation-quota.ts';
import type { PersistedOperations } from './persisted-operations.ts';
import { publicError } from './public-error.ts';
import type { OperationRunner } from './run-operation.ts';

interface Dependencies {
  yoga: GraphQLHandler;
  documents: Pick<Documents, 'findValid'>;
  persisted: Pick<PersistedOperations, 'resolve'>;
  runner: Pick<OperationRunner, 'run'>;
  log: Log;
}

export function createFastPath({ yoga, documents, persisted, runner, log }: Dependencies): AdmittedHandler {
  return async (request, response, admission) => {
    const mediaType = isPlainJson(request) ? acceptedJson(request.headers.accept) : undefined;
    if (mediaType === undefined) return yoga(request, response, { admission } as never);
    const body = await readBody(request);
    if (!body) return;
    const operation = knownOperation(body, documents, persisted);
    // Yoga reads the property `body` instead of the stream.
    const unread = () => Object.assign(request, { body: Readable.from([body]) });
    if (!operation) return yoga(unread(), response, { admission } as never);

    const { params, document } = operation;
    let signal: AbortSignal | undefined;
    const result = await runner
      .run(document, {
        req: request,
        res: response,
        headers: credentialsOf(request),
        // Few operations ask for it.
        get signal() {
          return (signal ??= whileOpen(response));
        },
        admission,
        params,
      })
      .catch((error: unknown) => ({ errors: [publicError(error, log)] }));
    if (response.destroyed) return;
    return respond(response, result, mediaType, yoga.fetchAPI);
  };
}

/** The query or mutation of the body, if its document is known to be valid. */
function knownOperation(
  body: Buffer,
  documents: Dependencies['documents'],
  persisted: Dependencies['persisted'],
): { params: OperationParams; document: DocumentNode } | undefined {
  const sent = paramsIn(body);
  if (!sent) return undefined;
  let params: Partial<OperationParams>;
  try {
    params = persisted.resolve(sent);
  } catch {
    return undefined;
  }
  const { query, operationName } = params;
  const document = query === undefined ? undefined : documents.findValid(query);
  const operation = document && getOperationAST(document, operationName);
  if (!document || !operation || operation.operation === 'subscription') return undefined;
  return { params: params as OperationParams, document };
}

/** Aborts when the client leaves before the response is sent. */
function whileOpen(response: ServerResponse): AbortSignal {
  const open = new AbortController();
  if (response.destroyed && !response.writableFinished) open.abort();
  response.once('close', () => {
    if (!response.writableFinished) open.abort();
  });
  return open.signal;
}

/** No promise where there are no errors. */
function respond(
  response: ServerResponse,
  result: ExecutionResult,
  mediaType: string,
  fetchAPI: GraphQLHandler['fetchAPI'],
): void | Promise<void> {
  response.setHeader('Cache-Control', 'no-store');
  if (!result.errors) {
    response.setHeader('Content-Type', `${mediaType}; charset=utf-8`);
    return send(response, JSON.stringify(result));
  }
  // Errors decide the status.
  const answer = processRegularResult(result as never, fetchAPI, mediaType);
  response.statusCode = answer.status;
  response.setHeaders(new Map(answer.headers));
  setRetryAfter(response, result.errors);
  return answer.text().then((text) => send(response, text));
}

function send(response: ServerResponse, body: string): void {
  response.setHeader('Content-Length', Buffer.byteLength(body));
  response.end(body);
}
