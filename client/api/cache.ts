/** How the normalized cache knows the API: what has an identity, how pages join, what mutations and events change. */
import { type Cache, cacheExchange, type FieldInfo, type Resolver } from '@urql/exchange-graphcache';

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
    ImageConnection: embedded,
    StorageUse: embedded,
    TaskProgress: embedded,
    TaskFailure: embedded,
    ModelOption: embedded,
    PageInfo: embedded,
  },
  resolvers: { Viewer: { creditEntries: joinPages, tasks: joinPages } },
  updates: {
    Mutation: {
      generateImage: (result, _input, cache) => insertTask(cache, taskIn(result['generateImage'])),
      retryTask: (result, _input, cache) => insertTask(cache, taskIn(result['retryTask'])),
      deleteTask: (result, _input, cache) =>
        removeTask(cache, (result['deleteTask'] as { deletedId: string } | null)?.deletedId),
    },
    Subscription: {
      taskUpdated: (result, _input, cache) => insertTask(cache, result['taskUpdated'] as NewTask | null),
    },
  },
});

/**
 * Joins all cached pages of a list: the first page first, the others in the order they were loaded, duplicates once.
 * Undefined, a cache miss, if the requested page is not among them.
 */
function joinPages(
  ...[, parameters, cache, { parentKey, fieldName }]: Parameters<Resolver>
): ReturnType<Resolver> {
  const own = cache.resolve(parentKey, fieldName, parameters);
  if (typeof own !== 'string') return undefined;
  const list = listOf(parameters);
  const pages = cache
    .inspectFields(parentKey)
    .filter((field) => field.fieldName === fieldName && listOf(field.arguments ?? {}) === list)
    .toSorted(firstPageFirst)
    .map((field) => cache.resolve(parentKey, field.fieldKey))
    .filter((page) => typeof page === 'string');
  return {
    __typename: cache.resolve(own, '__typename') as string,
    nodes: [...new Set(pages.flatMap((page) => cache.resolve(page, 'nodes') as string[]))],
    pageInfo: cache.resolve(pages.at(-1) ?? own, 'pageInfo'),
    totalCount: cache.resolve(own, 'totalCount'),
  } as ReturnType<Resolver>;
}

/** The identity of a list: its arguments without the page. */
function listOf(args: Record<string, unknown>): string {
  const rest = Object.entries(args).filter(([name]) => !pageArguments.has(name));
  return JSON.stringify(rest);
}

const pageArguments = new Set(['first', 'last', 'after', 'before']);

function firstPageFirst(one: FieldInfo, other: FieldInfo): number {
  return Number(Boolean(one.arguments?.['after'])) - Number(Boolean(other.arguments?.['after']));
}

function taskIn(payload: unknown): NewTask | null {
  return (payload as { task: NewTask } | null)?.task ?? null;
}

interface TaskPage {
  connection: string;
  nodes: string[];
  field: FieldInfo;
}

/** Every page of tasks that is in the cache, first pages first. */
function taskPages(cache: Cache): TaskPage[] {
  const viewer = cache.resolve('Query', 'viewer');
  if (typeof viewer !== 'string') return [];
  return cache
    .inspectFields(viewer)
    .filter((field) => field.fieldName === 'tasks')
    .toSorted(firstPageFirst)
    .flatMap((field) => {
      const connection = cache.resolve(viewer, field.fieldKey);
      const nodes = typeof connection === 'string' ? cache.resolve(connection, 'nodes') : undefined;
      return typeof connection === 'string' && Array.isArray(nodes)
        ? [{ connection, nodes: nodes as string[], field }]
        : [];
    });
}

/** Pages by what is left out of them: nothing, or nothing as an empty filter, or what a filter does not let through. */
function filterOf({ field }: TaskPage): string {
  return JSON.stringify(field.arguments?.['filter'] ?? null);
}

/**
 * Inserts a new task at its place on the first page of each unfiltered list. Older tasks wait for their own page, and
 * only the server knows whether a filter matches.
 */
function insertTask(cache: Cache, task: NewTask | null): void {
  const key = task && cache.keyOfEntity(task as never);
  if (!key) return;
  const pages = taskPages(cache);
  for (const filter of ['null', '{}'])
    insertInto(
      cache,
      pages.filter((page) => filterOf(page) === filter),
      { key, createdAt: Date.parse(task.createdAt) },
    );
}

function insertInto(cache: Cache, pages: TaskPage[], task: { key: string; createdAt: number }): void {
  const first = pages[0];
  if (!first || first.field.arguments?.['after'] || pages.some((page) => page.nodes.includes(task.key)))
    return;
  const { nodes, connection } = first;
  const place = nodes.findIndex(
    (node) => Date.parse(cache.resolve(node, 'createdAt') as string) <= task.createdAt,
  );
  const isLast = place === -1;
  const pageInfo = cache.resolve(connection, 'pageInfo') as string | undefined;
  if (isLast && cache.resolve(pageInfo, 'hasNextPage') === true) return;
  cache.link(connection, 'nodes', nodes.toSpliced(isLast ? nodes.length : place, 0, task.key));
}

function removeTask(cache: Cache, id: string | undefined): void {
  if (id === undefined) return;
  const key = cache.keyOfEntity({ __typename: 'Task', id });
  for (const { connection, nodes } of taskPages(cache))
    if (key && nodes.includes(key))
      cache.link(
        connection,
        'nodes',
        nodes.filter((node) => node !== key),
      );
}
