/** A GraphQL endpoint for tests: every request waits until the test answers it. */
import { cleanup } from '@solidjs/testing-library';
import { onTestFinished } from 'vitest';
import { cache } from '../api/cache.ts';
import { createApi } from '../api/client.ts';

interface ScriptedRequest {
  operationName: string;
  variables: Record<string, unknown>;
  answer(data: Record<string, unknown>): Promise<void>;
  refuse(code: string, extensions?: Record<string, unknown>): Promise<void>;
  /** Breaks the connection. */
  drop(): Promise<void>;
}

interface ScriptedServer {
  fetch: typeof fetch;
  /** The oldest request of this name that has no answer yet; waits for it. */
  next(operationName: string): Promise<ScriptedRequest>;
  /** The names of all requests so far. */
  log: string[];
}

export function createScriptedServer(): ScriptedServer {
  const open: ScriptedRequest[] = [];
  const waiting: { operationName: string; resolve: (request: ScriptedRequest) => void }[] = [];
  const log: string[] = [];

  const receive = (request: ScriptedRequest) => {
    log.push(request.operationName);
    const index = waiting.findIndex(({ operationName }) => operationName === request.operationName);
    if (index === -1) open.push(request);
    else waiting.splice(index, 1)[0]?.resolve(request);
  };

  return {
    log,
    fetch: (_input, init) =>
      new Promise((resolve, reject) => {
        const { operationName, variables = {} } = JSON.parse(String(init?.body)) as ScriptedRequest;
        const respond = (body: unknown) => {
          resolve(new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } }));
          return settled();
        };
        init?.signal?.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')));
        receive({
          operationName,
          variables,
          answer: (data) => respond({ data }),
          refuse: (code, extensions) =>
            respond({ data: null, errors: [{ message: code, extensions: { code, ...extensions } }] }),
          drop: () => {
            reject(new TypeError('Failed to fetch'));
            return settled();
          },
        });
      }),
    next(operationName) {
      const index = open.findIndex((request) => request.operationName === operationName);
      const request = open[index];
      if (!request) return new Promise((resolve) => waiting.push({ operationName, resolve }));
      open.splice(index, 1);
      return Promise.resolve(request);
    },
  };
}

/** A client of a scripted server. It ends with the test, after what the test rendered. */
export function createScriptedApi() {
  const server = createScriptedServer();
  const { client, dispose } = createApi({ url: 'http://localhost/graphql', cache, fetch: server.fetch });
  onTestFinished(() => {
    cleanup();
    dispose();
  });
  return { server, client };
}

/** Lets everything run that waits for nothing but its turn. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}
