/**
 * The only place where the client prevents a task from going back to an older state. Responses, polls and live events
 * arrive in any order, and only `Task.version` shows which is newer. The cache alone lets the operation that began last
 * win. No feature compares versions.
 *
 * Two exchanges share the newest state of each task. The one below the cache replaces stale tasks in results of the
 * network before the cache stores them. The one above replaces them in results of the cache, because the layers of
 * operations in flight can bring an older copy back to the top.
 */
import { mapExchange } from '@urql/core';

/**
 * Only `Task` has a `version` field, so its presence identifies a task. Every selection of a task must hold `id` and
 * `version`, other than that of a `parent`: an id does not change.
 */
interface VersionedTask {
  id: string;
  version: number;
}

type Resolve = (task: VersionedTask) => VersionedTask;

export function createTaskVersions() {
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

  return {
    /** Goes directly after the cache in the list of exchanges. */
    belowCache: mapExchange({
      onResult(result) {
        for (const id of deletedTasks(result.data)) {
          newest.delete(id);
          deleted.add(id);
        }
        return { ...result, data: replaceTasks(result.data, record, deleted) };
      },
    }),
    /** Goes before the cache. */
    aboveCache: mapExchange({
      onResult: (result) => ({ ...result, data: replaceTasks(result.data, current, deleted) }),
    }),
  };
}

/** The tasks that a mutation has deleted: its fields `deleteTask`, or `deleteTask0`, `deleteTask1` of many. */
export function deletedTasks(data: unknown): string[] {
  return Object.entries((data ?? {}) as Record<string, { deletedId?: string } | null>).flatMap(
    ([name, payload]) => (name.startsWith('deleteTask') && payload?.deletedId) || [],
  );
}

function isTask(value: unknown): value is VersionedTask {
  return typeof value === 'object' && value !== null && 'version' in value && 'id' in value;
}

/**
 * The value with its tasks passed through `resolve` and deleted ones removed from lists; the value itself if nothing
 * changes.
 */
function replaceTasks<T>(value: T, resolve: Resolve, deleted: ReadonlySet<string>): T {
  if (typeof value !== 'object' || value === null) return value;
  if (isTask(value)) return withoutDeletedParent(resolve(value), deleted) as T;
  const isKept = (field: unknown) => !Array.isArray(value) || !isTask(field) || !deleted.has(field.id);
  const fields = Object.entries(value);
  const resolved = fields
    .filter(([, field]) => isKept(field))
    .map(([key, field]) => [key, replaceTasks(field, resolve, deleted)] as const);
  if (resolved.length === fields.length && resolved.every(([, field], index) => field === fields[index]?.[1]))
    return value;
  return (Array.isArray(value) ? resolved.map(([, field]) => field) : Object.fromEntries(resolved)) as T;
}

/** The parent of a task never changes, so a newer version does not take a deleted one from it. */
function withoutDeletedParent<T extends object>(task: T, deleted: ReadonlySet<string>): T {
  const { parent } = task as { parent?: { id: string } | null };
  return parent && deleted.has(parent.id) ? { ...task, parent: null } : task;
}
