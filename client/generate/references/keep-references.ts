/** Lazy-loads the persistence of references, once there are some or a reload has left some. */
import { createEffect, getOwner, runWithOwner } from 'solid-js';
import type { Api } from '../../api/client.ts';
import type { KeptReferencesOptions } from './kept-references.ts';
import type { References } from './references.ts';

/** Of this tab's storage. */
export const keptReferencesKey = 'proofsheet.references';

/** Ends with its owner. */
export function keepReferences(
  options: Pick<KeptReferencesOptions, 'storage' | 'viewerId' | 'onNotice'> & {
    client: Api['client'];
    references: References;
  },
): void {
  const owner = getOwner();
  let isLoading = false;
  createEffect(() => {
    const isNeeded = options.references.items.length > 0 || hasKept(options.storage);
    // Not before the session is known, which is after the first paint.
    if (isLoading || options.viewerId() === undefined || !isNeeded) return;
    isLoading = true;
    void load();
  });

  const load = async () => {
    const { createFileStore, createKeptReferences, fetchReferenceImage } =
      await import('./kept-references.ts');
    runWithOwner(owner, () =>
      createKeptReferences({
        ...options,
        files: createFileStore(),
        fetchImage: (id) => fetchReferenceImage(options.client, id),
      }),
    );
  };
}

function hasKept(storage: Storage | undefined): boolean {
  try {
    return Boolean(storage?.getItem(keptReferencesKey));
  } catch {
    return false;
  }
}
