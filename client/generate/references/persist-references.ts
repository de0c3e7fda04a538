/** Lazy-loads the persistence of references, once there are some or a reload has left some. */
import { createEffect, getOwner, runWithOwner } from 'solid-js';
import type { Client } from '@urql/core';
import { readStored } from '../../ui/storage.ts';
import type { ReferenceStorageOptions } from './reference-storage.ts';

export const referenceStorageKey = 'proofsheet.references';

/** Ends with its owner. */
export function persistReferences(
  options: Omit<ReferenceStorageOptions, 'fetchImage'> & { client: Client },
): void {
  const owner = getOwner();
  let isLoading = false;
  createEffect(() => {
    const isNeeded = options.references.items.length > 0 || readStored(options.storage, referenceStorageKey);
    // Not before the session is known, which is after the first paint.
    if (isLoading || options.viewerId() === undefined || !isNeeded) return;
    isLoading = true;
    void import('./reference-storage.ts').then((module) =>
      runWithOwner(owner, () =>
        module.createReferenceStorage({
          ...options,
          fetchImage: (id) => module.fetchReferenceImage(options.client, id),
        }),
      ),
    );
  });
}
