/** How the normalized cache knows the API: what has an identity, how pages join, what mutations and events change. */
import { type Cache, type CacheExchangeOpts, type FieldInfo } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';

interface NewTask {
  __typename: 'Task';
  id: string;
  createdAt: string;
}

const embedded = () => null;
const joinPages = relayPagination();

export const cacheOptions: CacheExchangeOpts = {
  keys: { TaskConnection: embedded, TaskProgress: embedded, TaskFailure: embedded, PageInfo: embedded },
  resolvers: {
    Viewer: {
      tasks(parent, parameters, cache, info) {
        const joined = joinPages(parent, parameters, cache, info);
        if (typeof joined !== 'object' || joined === null) return joined;
        const own = cache.resolve(info.parentKey, info.fieldName, parameters) as string | undefined;
        return { ...joined, totalCount: cache.resolve(own, 'totalCount') };
      },
    },
  },
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
};

function taskIn(payload: unknown): NewTask | null {
  return (payload as { task: NewTask } | null)?.task ?? null;
}

/** The pages of the feed that are in the cache, the first page first. */
function feedPages(cache: Cache): { connection: string; nodes: string[]; field: FieldInfo }[] {
  const viewer = cache.resolve('Query', 'viewer');
  if (typeof viewer !== 'string') return [];
  return cache
    .inspectFields(viewer)
    .filter((field) => field.fieldName === 'tasks' && !field.arguments?.['filter'])
    .toSorted(
      (one, other) => Number(Boolean(one.arguments?.['after'])) - Number(Boolean(other.arguments?.['after'])),
    )
    .flatMap((field) => {
      const connection = cache.resolve(viewer, field.fieldKey);
      const nodes = typeof connection === 'string' ? cache.resolve(connection, 'nodes') : undefined;
      return typeof connection === 'string' && Array.isArray(nodes)
        ? [{ connection, nodes: nodes as string[], field }]
        : [];
    });
}

/** Puts a task that no page holds yet in its place on the first page; older ones wait for their own page. */
function insertTask(cache: Cache, task: NewTask | null): void {
  if (!task) return;
  const key = cache.keyOfEntity(task as never);
  const pages = feedPages(cache);
  const first = pages[0];
  if (!key || !first || first.field.arguments?.['after'] || pages.some((page) => page.nodes.includes(key)))
    return;
  const { nodes, connection } = first;
  const createdAt = Date.parse(task.createdAt);
  const place = nodes.findIndex(
    (node) => Date.parse(cache.resolve(node, 'createdAt') as string) <= createdAt,
  );
  const isLast = place === -1;
  const pageInfo = cache.resolve(connection, 'pageInfo') as string | undefined;
  if (isLast && cache.resolve(pageInfo, 'hasNextPage') === true) return;
  cache.link(connection, 'nodes', nodes.toSpliced(isLast ? nodes.length : place, 0, key));
}

function removeTask(cache: Cache, id: string | undefined): void {
  if (id === undefined) return;
  const key = cache.keyOfEntity({ __typename: 'Task', id });
  for (const { connection, nodes } of feedPages(cache))
    if (key && nodes.includes(key))
      cache.link(
        connection,
        'nodes',
        nodes.filter((node) => node !== key),
      );
}
