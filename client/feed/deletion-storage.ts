/** What is being deleted, in the storage of the browser, for each user. */
import { readStored, writeStored } from '../ui/storage.ts';
import type { Deletion } from './deletions.ts';

const mutations = ['deleteTask', 'deleteImage'] as const;

/** Nothing is stored while the user is unknown. */
export function createDeletionStorage(storage: Storage | undefined, viewerId: () => string | undefined) {
  const key = () => {
    const id = viewerId();
    return id === undefined ? undefined : `proofsheet.deletions.${id}`;
  };
  const read = (): Deletion[] => {
    const name = key();
    return name === undefined ? [] : parsed(readStored(storage, name));
  };
  const write = (deletions: readonly Deletion[]) => {
    const name = key();
    if (name === undefined) return;
    const ids = (mutation: string) =>
      deletions.filter((each) => each.mutation === mutation).map(({ id }) => id);
    const byMutation = Object.fromEntries(mutations.map((mutation) => [mutation, ids(mutation)]));
    writeStored(storage, name, deletions.length === 0 ? null : JSON.stringify(byMutation));
  };
  const without = (deletions: readonly Deletion[]) => {
    const ids = new Set(deletions.map(({ id }) => id));
    return read().filter(({ id }) => !ids.has(id));
  };
  return {
    read,
    add: (deletions: readonly Deletion[]) => write([...without(deletions), ...deletions]),
    remove: (deletions: readonly Deletion[]) => write(without(deletions)),
  };
}

/** Other tabs, and other versions, write there too. */
function parsed(text: string | null): Deletion[] {
  try {
    const stored = JSON.parse(text ?? 'null') as Partial<Record<string, unknown>> | null;
    return mutations.flatMap((mutation) => {
      const ids = stored?.[mutation];
      if (!Array.isArray(ids)) return [];
      return ids.filter((id) => typeof id === 'string').map((id) => ({ mutation, id }));
    });
  } catch {
    return [];
  }
}
