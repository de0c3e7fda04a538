/** Reads the usual request of a GraphQL client: a short POST of JSON that takes JSON. Others are left to Yoga. */
import type { IncomingMessage } from 'node:http';
import { isJsonObject } from '../lib/json.ts';
import { maxUnknownBytes } from './guards.ts';

export interface OperationParams {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
  extensions?: Record<string, unknown> | null;
}

type JsonType = 'application/graphql-response+json' | 'application/json';

const utf8Json = /^application\/json(\s*;\s*charset="?utf-8"?)?$/i;

/**
 * Whether the request is JSON of a known length that needs no session, to exactly this path.
 * Every other one goes through the checks of `guards.ts`.
 */
export function isPlainJson({ method, url, headers }: IncomingMessage): boolean {
  const length = Number(headers['content-length'] ?? 0);
  return (
    method === 'POST' &&
    url === '/graphql' &&
    utf8Json.test(headers['content-type'] ?? '') &&
    length > 0 &&
    length <= maxUnknownBytes &&
    headers['content-encoding'] === undefined
  );
}

/** What most clients accept. */
const usualTypes: ReadonlyMap<string, JsonType> = new Map([
  ['*/*', 'application/json'],
  ['application/json', 'application/json'],
]);

/**
 * The type of the response by the Accept header, as Yoga chooses it: the first JSON type that is listed, whatever the
 * weights. Undefined where none is.
 */
export function acceptedJson(accept = '*/*'): JsonType | undefined {
  const usual = usualTypes.get(accept);
  if (usual !== undefined) return usual;
  for (const entry of accept.replaceAll(/\s/g, '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = entry.split(';');
    const charset = parameters.find((parameter) => parameter.includes('charset='));
    if (charset !== undefined && charset !== 'charset=utf-8') continue;
    if (type === 'application/graphql-response+json') return type;
    if (['application/json', 'application/*', '*/*'].includes(type)) return 'application/json';
    // Half a wildcard stands for one of the two.
    if (type.startsWith('*/')) return undefined;
  }
  return undefined;
}

/** The whole body; undefined where the client leaves before its end. Node reads no more of it than its length. */
export function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    // It left before it was admitted: no event follows.
    if (request.destroyed) return resolve(undefined);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
    request.on('close', () => resolve(undefined));
  });
}

/** The parameters of one operation; undefined where the body is anything else. `query` may be missing. */
export function paramsIn(body: Buffer): Partial<OperationParams> | undefined {
  let params: unknown;
  try {
    params = JSON.parse(body.toString());
  } catch {
    return undefined;
  }
  if (!isJsonObject(params)) return undefined;
  return Object.entries(params).every(([name, value]) => isParam(name, value)) ? params : undefined;
}

function isParam(name: string, value: unknown): boolean {
  if (name === 'query') return typeof value === 'string';
  if (name === 'operationName') return value === null || typeof value === 'string';
  return (name === 'variables' || name === 'extensions') && (value === null || isJsonObject(value));
}
