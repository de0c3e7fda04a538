/** Spans of HTTP requests and of the GraphQL operations in them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fail, type Tracer } from './tracer.ts';

/** An operation of GraphQL that is executed. */
interface Operation {
  type: string;
  /** The root field; `several` where there is more than one. */
  field: string;
  /** The client's own name. */
  name?: string | undefined;
}

export type RequestTraces = ReturnType<typeof createRequestTraces>;

const traced: ReadonlySet<string> = new Set(['/graphql', '/api', '/files', '/s', '/webhooks']);
const methods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);
const maxNameCharacters = 100;

/** Names of attributes: https://opentelemetry.io/docs/specs/semconv/http/http-spans/ and …/graphql/graphql-spans/ */
export function createRequestTraces(tracer: Tracer) {
  return {
    /** Runs the answer to a request in a span that ends with the response. The address is left out: it may hold a signature. */
    onRequest(
      {
        request,
        response,
        route,
        requestId,
      }: { request: IncomingMessage; response: ServerResponse; route: string; requestId: string },
      work: () => Promise<void>,
    ): Promise<void> {
      if (!traced.has(route)) return work();
      const method = methods.has(request.method ?? '') ? request.method! : '_OTHER';
      const attributes = {
        'http.request.method': method,
        'http.route': route,
        'proofsheet.request.id': requestId,
      };
      const name = `${method === '_OTHER' ? 'HTTP' : method} ${route}`;
      return tracer.inRequest(name, request.headers, { attributes }, (span) => {
        response.once('close', () => {
          span.setAttribute('http.response.status_code', response.statusCode);
          if (response.statusCode >= 500) fail(span, String(response.statusCode));
          span.end();
        });
        return work();
      });
    },

    /** Runs the execution of an operation in a span, without its document and variables. */
    onOperation<Result>(
      { type, field, name }: Operation,
      execute: () => Result | Promise<Result>,
      codesOf: (result: Result) => string[],
    ): Promise<Result> {
      const attributes = {
        'graphql.operation.type': type,
        'graphql.operation.name': name?.slice(0, maxNameCharacters),
      };
      return tracer.inOperation(`${type} ${field}`, { attributes }, async (span) => {
        const result = await execute();
        const [code] = codesOf(result);
        if (code === 'INTERNAL') fail(span, code);
        else if (code !== undefined) span.setAttribute('error.type', code);
        return result;
      });
    },
  };
}
