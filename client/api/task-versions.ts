/**
 * The only place where the client prevents a task from going back to an older state. Responses, polls and live events
 * arrive in any order, and only `Task.version` shows which is newer. The cache alone lets the operation that began last
 * win. No feature compares versions.
 *
 * Two exchanges share the newest state of each task. The one below the cache replaces stale tasks in results of the
 * network before the cache stores them. The one above replaces them in results of the cache, because the layers of
 * operations in flight can bring an older copy back to the top.
 */
import { type Exchange, mapExchange } from '@urql/core';

/**
 * Only `Task` has a `version` field, so its presence identifies a task. Every selection of a task must hold `id` and
 * `version`.
 */
interface VersionedTask {
  id: string;
  version: number;
}

type Resolve = (task: VersionedTask) => VersionedTask;

interface TaskVersions {
  /** Goes before the cache in the list of exchanges. */
  aboveCache: Exchange;
  /** Goes directly after the cache. */
  belowCache: Exchange;
}

export function createTaskVersions(): TaskVersions {
  const newest = new Map<string, VersionedTask>();
  const deleted = new Set<string>();

  const current: Resolve = (task) => {
    const known = newest.get(task.id);
    return known && known.version > task.version ? { ...task, ...known } : task;
  };
  const record: Resolve = (task) => {
    const resolved = current(task);
    if (resolved === task) newest.set(task.id, { ...newest.get(task.id), ...task });
    return resolved;
  };
  const forget = (data: unknown) => {
    const id = deletedIdIn(data);
    if (id === undefined) return;
    newest.delete(id);
    deleted.add(id);
  };

  return {
    belowCache: mapExchange({
      onResult(result) {
        if (result.operation.kind === 'mutation') forget(result.data);
        return { ...result, data: replaceTasks(result.data, record, deleted) };
      },
    }),
    aboveCache: mapExchange({
      onResult: (result) => ({ ...result, data: replaceTasks(result.data, current, deleted) }),
    }),
  };
}

function deletedIdIn(data: unknown): string | undefined {
  const payload = (data as { deleteTask?: { deletedId?: string } } | null | undefined)?.deleteTask;
  return payload?.deletedId;
}

function isTask(value: object): value is VersionedTask {
  return (
    'version' in value && 'id' in value && typeof value.version === 'number' && typeof value.id === 'string'
  );
}

/**
 * The value with its tasks passed through `resolve` and deleted ones removed from lists; the value itself if nothing
 * changes.
 */
function replaceTasks<T>(value: T, resolve: Resolve, deleted: ReadonlySet<string>): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value
      .filter((item) => !(typeof item === 'object' && item !== null && isTask(item) && deleted.has(item.id)))
      .map((item) => replaceTasks(item, resolve, deleted));
    return items.length === value.length && items.every((item, index) => item === value[index])
      ? value
      : (items as T);
  }
  if (isTask(value)) return resolve(value) as T;
  const fields = Object.entries(value);
  const resolved = fields.map(([key, field]) => [key, replaceTasks(field, resolve, deleted)] as const);
  return resolved.every(([, field], index) => field === fields[index]?.[1])
    ? value
    : (Object.fromEntries(resolved) as T);
}
