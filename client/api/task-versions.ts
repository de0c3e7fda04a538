/**
 * Keeps updates of a task in order. Responses, polls and live events may arrive in any order, and only `Task.version`
 * tells which is newer. The cache alone lets the operation that began last win.
 *
 * Two exchanges share one ledger of the newest state of each task. The one beneath the cache replaces stale tasks in
 * what comes from the network before the cache stores it. The one above replaces them in what the cache hands out,
 * because layers of operations still under way can bring an older copy back to the top.
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

type Keep = (task: VersionedTask) => VersionedTask;

interface TaskVersions {
  /** Goes before the cache in the list of exchanges. */
  aboveCache: Exchange;
  /** Goes directly after the cache. */
  beneathCache: Exchange;
}

export function createTaskVersions(): TaskVersions {
  const newest = new Map<string, VersionedTask>();
  const deleted = new Set<string>();

  const current: Keep = (task) => {
    const known = newest.get(task.id);
    return known && known.version > task.version ? { ...task, ...known } : task;
  };
  const learn: Keep = (task) => {
    const kept = current(task);
    if (kept === task) newest.set(task.id, { ...newest.get(task.id), ...task });
    return kept;
  };
  const forget = (data: unknown) => {
    const id = deletedIdIn(data);
    if (id === undefined) return;
    newest.delete(id);
    deleted.add(id);
  };

  return {
    beneathCache: mapExchange({
      onResult(result) {
        if (result.operation.kind === 'mutation') forget(result.data);
        return { ...result, data: replaceTasks(result.data, learn, deleted) };
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
 * The value with its tasks passed through `keep` and deleted ones removed from lists; the value itself if nothing
 * changes.
 */
function replaceTasks<T>(value: T, keep: Keep, deleted: ReadonlySet<string>): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value
      .filter((item) => !(typeof item === 'object' && item !== null && isTask(item) && deleted.has(item.id)))
      .map((item) => replaceTasks(item, keep, deleted));
    return items.length === value.length && items.every((item, index) => item === value[index])
      ? value
      : (items as T);
  }
  if (isTask(value)) return keep(value) as T;
  const fields = Object.entries(value);
  const kept = fields.map(([key, field]) => [key, replaceTasks(field, keep, deleted)] as const);
  return kept.every(([, field], index) => field === fields[index]?.[1])
    ? value
    : (Object.fromEntries(kept) as T);
}
