/**
 * Automatic persisted queries (Apollo's protocol): a client sends the SHA-256 hash of a document instead of the document,
 * and sends both after an answer of PERSISTED_QUERY_NOT_FOUND. Each process knows the documents that it ran recently.
 */
import { hash } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';
import { refuse } from './guards.ts';

const limits = { max: 1_000, maxSize: 4 * 1024 * 1024, maxEntrySize: 32 * 1024 };

interface Params {
  query?: string | null | undefined;
  extensions?: Record<string, unknown> | null | undefined;
}

export type PersistedOperations = ReturnType<typeof createPersistedOperations>;

export function createPersistedOperations() {
  const documents = new LRUCache<string, string>({
    ...limits,
    sizeCalculation: (text) => Buffer.byteLength(text),
  });
  const persist = ({ params }: { params: Params }) => {
    const sha256Hash = hashIn(params);
    if (sha256Hash !== undefined && params.query) documents.set(sha256Hash, params.query);
  };

  /**
   * The parameters of an operation with its document, which is looked up where only its hash was sent.
   * @throws {GraphQLError} PERSISTED_QUERY_NOT_FOUND where the hash is unknown, INVALID_INPUT where it is another document's
   */
  function resolve<Sent extends Params>(params: Sent): Sent {
    const sha256Hash = hashIn(params);
    if (sha256Hash === undefined) return params;
    // Over a WebSocket the protocol requires a text.
    const query = params.query || documents.get(sha256Hash);
    if (query === undefined)
      // Clients recognize the message.
      throw new GraphQLError('PersistedQueryNotFound', { extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' } });
    if (typeof query === 'string' && hash('sha256', query) !== sha256Hash)
      throw refuse('INVALID_INPUT', '`sha256Hash` is not the SHA-256 hash of the document.', 400);
    return { ...params, query };
  }

  return {
    resolve,
    /** Over HTTP; stores the documents of the operations that run, over every transport. */
    plugin: {
      onParams: ({ params, setParams }) => setParams(resolve(params)),
      onExecute: ({ args }) => persist(args.contextValue),
      onSubscribe: ({ args }) => persist(args.contextValue),
    } satisfies Plugin as Plugin,
  };
}

/** The hash that the client sent for the document; undefined where it sent none. */
function hashIn(params: Params | null): string | undefined {
  const persistedQuery: unknown = params?.extensions?.['persistedQuery'];
  if (persistedQuery == null) return undefined;
  const { version, sha256Hash } = persistedQuery as { version?: unknown; sha256Hash?: unknown };
  if (version === 1 && typeof sha256Hash === 'string' && /^[0-9a-f]{64}$/.test(sha256Hash)) return sha256Hash;
  const message =
    'Send `persistedQuery` with `version` 1 and `sha256Hash`, the hash in lower-case hexadecimal digits.';
  throw refuse('INVALID_INPUT', message, 400);
}
