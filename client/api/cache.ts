/** The normalized cache of the API: what has an identity, how pages join, what mutations and events change. */
import {
  type Cache,
  cacheExchange,
  type Resolver,
  type UpdateResolver,
  type Variables,
} from '@urql/exchange-graphcache';

interface NewTask {
  __typename: 'Task';
  id: string;
  createdAt: string;
}

const embedded = () => null;

/** Empty for each new client. */
export const cache = cacheExchange({
  keys: {
    TaskConnection: embedded,
    CreditEntryConnection: embedded,
    CreditTerms: embedded,
    SignInOptions: embedded,
    SignInProvider: embedded,
    ImageConnection: embedded,
    StorageUse: embedded,
    TaskProgress: embedded,
    TaskFailure: embedded,
    ModelOption: embedded,
    PageInfo: embedded,
    WebhookDeliveryConnection: embedded,
  },
  resolvers: { Viewer: { creditEntries: joinPages, tasks: joinPages } },
  updates: {
    Mutation: {
      generateImage: (result, _input, cache) => insertTask(cache, taskIn(result['generateImage'])),
      retryTask: (result, _input, cache) => insertTask(cache, taskIn(result['retryTask'])),
      deleteTask: (result, _input, cache) =>
        removeTask(cache, (result['deleteTask'] as { deletedId: string } | null)?.deletedId),
      setImageFavorite: (_result, _input, cache) => refetchFavorites(cache),
      createApiKey: refetching('apiKeys'),
      revokeApiKey: refetching('apiKeys'),
      endSession: refetching('sessions'),
      endOtherSessions: refetching('sessions'),
      createShareLink: refetching('shareLinks'),
      revokeShareLink: refetching('shareLinks'),
      createWebhookEndpoint: refetching('webhookEndpoints'),
      updateWebhookEndpoint: refetching('webhookEndpoints'),
      deleteWebhookEndpoint: refetching('webhookEndpoints'),
      testWebhookEndpoint: refetching('webhookEndpoints'),
      redeliverWebhook: refetching('webhookEndpoints'),
    },
    Subscription: {
      taskUpdated: (result, _input, cache) => insertTask(cache, result['taskUpdated'] as NewTask | null),
    },
  },
});

interface CachedPage {
  connection: string;
  arguments: Variables;
}

/** Every cached page of all lists in this field, first pages first, the others in the order they were loaded. */
function cachedPages(cache: Cache, parent: string, fieldName: string): CachedPage[] {
  return cache
    .inspectFields(parent)
    .filter((field) => field.fieldName === fieldName)
    .map((field) => ({ ...field, connection: cache.resolve(parent, field.fieldKey) }))
    .filter((page): page is typeof page & { connection: string } => typeof page.connection === 'string')
    .map((page) => ({ connection: page.connection, arguments: page.arguments ?? {} }))
    .toSorted((one, other) => Number(isLater(one)) - Number(isLater(other)));
}

function isLater(page: CachedPage): boolean {
  return Boolean(page.arguments['after']);
}

function nodesOf(cache: Cache, connection: string): string[] {
  return cache.resolve(connection, 'nodes') as string[];
}

/**
 * Joins all cached pages of a list, duplicates once. Undefined, a cache miss, if the requested page is not among
 * them.
 */
function joinPages(
  ...[, parameters, cache, { parentKey, fieldName }]: Parameters<Resolver>
): ReturnType<Resolver> {
  const own = cache.resolve(parentKey, fieldName, parameters);
  if (typeof own !== 'string') return undefined;
  const list = listOf(parameters);
  const pages = cachedPages(cache, parentKey, fieldName).filter((page) => listOf(page.arguments) === list);
  return {
    __typename: cache.resolve(own, '__typename') as string,
    nodes: [...new Set(pages.flatMap(({ connection }) => nodesOf(cache, connection)))],
    pageInfo: cache.resolve(pages.at(-1)?.connection ?? own, 'pageInfo'),
    totalCount: cache.resolve(own, 'totalCount'),
  } as ReturnType<Resolver>;
}

const pageArguments = new Set(['first', 'last', 'after', 'before']);

/** The identity of a list: its arguments without the page. */
function listOf(args: Record<string, unknown>): string {
  return JSON.stringify(Object.entries(args).filter(([name]) => !pageArguments.has(name)));
}

function taskIn(payload: unknown): NewTask | null {
  return (payload as { task: NewTask } | null)?.task ?? null;
}

/** After a mutation, open queries fetch this list of the viewer again. */
function refetching(fieldName: string): UpdateResolver<unknown, unknown> {
  return (_result, _input, cache) => {
    const viewer = cache.resolve('Query', 'viewer');
    if (typeof viewer === 'string') cache.invalidate(viewer, fieldName);
  };
}

/** Open lists of favorites ask for their first page again: only the server knows where a new one belongs. */
function refetchFavorites(cache: Cache): void {
  const viewer = cache.resolve('Query', 'viewer');
  if (typeof viewer !== 'string') return;
  for (const page of cachedPages(cache, viewer, 'tasks'))
    if (
      !isLater(page) &&
      (page.arguments['filter'] as { favorite?: boolean } | undefined)?.favorite !== undefined
    )
      cache.invalidate(viewer, 'tasks', page.arguments);
}

function taskPages(cache: Cache): CachedPage[] {
  const viewer = cache.resolve('Query', 'viewer');
  return typeof viewer === 'string' ? cachedPages(cache, viewer, 'tasks') : [];
}

/**
 * Inserts a new task at its place on the first page of each unfiltered list, be it without a filter or with an empty
 * one. Older tasks wait for their own page, and only the server knows whether a filter matches.
 */
function insertTask(cache: Cache, task: NewTask | null): void {
  const key = task && cache.keyOfEntity(task as never);
  if (!key) return;
  const createdAt = Date.parse(task.createdAt);
  for (const filter of ['null', '{}']) {
    const pages = taskPages(cache).filter(
      (page) => JSON.stringify(page.arguments['filter'] ?? null) === filter,
    );
    const [first] = pages;
    if (!first || isLater(first) || pages.some((page) => nodesOf(cache, page.connection).includes(key)))
      continue;
    const { connection } = first;
    const nodes = nodesOf(cache, connection);
    const place = nodes.findIndex(
      (node) => Date.parse(cache.resolve(node, 'createdAt') as string) <= createdAt,
    );
    const pageInfo = cache.resolve(connection, 'pageInfo') as string | undefined;
    if (place === -1 && cache.resolve(pageInfo, 'hasNextPage') === true) continue;
    cache.link(connection, 'nodes', nodes.toSpliced(place === -1 ? nodes.length : place, 0, key));
  }
}

/** Removes it from the lists, and as the parent of what they hold. */
function removeTask(cache: Cache, id: string | undefined): void {
  const key = id && cache.keyOfEntity({ __typename: 'Task', id });
  if (!key) return;
  for (const { connection } of taskPages(cache)) {
    const nodes = nodesOf(cache, connection);
    for (const child of nodes) if (cache.resolve(child, 'parent') === key) cache.link(child, 'parent', null);
    if (nodes.includes(key))
      cache.link(
        connection,
        'nodes',
        nodes.filter((node) => node !== key),
      );
  }
}
