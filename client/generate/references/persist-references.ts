/** Lazy-loads the persistence of references, once there are some or a reload has left some. */
import { createEffect, getOwner, runWithOwner } from 'solid-js';
import type { Api } from '../../api/client.ts';
import type { ReferenceStorageOptions } from './reference-storage.ts';
import type { References } from './references.ts';

/** Of this tab's storage. */
export const referenceStorageKey = 'proofsheet.references';

/** Ends with its owner. */
export function persistReferences(
  options: Pick<ReferenceStorageOptions, 'storage' | 'viewerId' | 'onNotice'> & {
    client: Api['client'];
    references: References;
  },
): void {
  const owner = getOwner();
  let isLoading = false;
  createEffect(() => {
    const isNeeded = options.references.items.length > 0 || hasStored(options.storage);
    // Not before the session is known, which is after the first paint.
    if (isLoading || options.viewerId() === undefined || !isNeeded) return;
    isLoading = true;
    void load();
  });

  const load = async () => {
    const { createFileStore, createReferenceStorage, fetchReferenceImage } =
      await import('./reference-storage.ts');
    runWithOwner(owner, () =>
      createReferenceStorage({
        ...options,
        files: createFileStore(),
        fetchImage: (id) => fetchReferenceImage(options.client, id),
      }),
    );
  };
}

function hasStored(storage: Storage | undefined): boolean {
  try {
    return Boolean(storage?.getItem(referenceStorageKey));
  } catch {
    return false;
  }
}
