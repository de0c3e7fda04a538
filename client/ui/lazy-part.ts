import { type Accessor, createEffect, createSignal, getOwner, onCleanup, runWithOwner } from 'solid-js';

const retryMs = 5_000;

/** Loads a part of the page's state when it is first needed; undefined until then. The part ends with the owner. */
export function createLazyPart<Part>(
  isNeeded: Accessor<boolean>,
  load: () => Promise<() => Part>,
): Accessor<Part | undefined> {
  const [part, setPart] = createSignal<Part>();
  const owner = getOwner();
  let isBegun = false;
  let isEnded = false;
  onCleanup(() => (isEnded = true));
  const begin = async () => {
    isBegun = true;
    try {
      const create = await load();
      if (!isEnded) runWithOwner(owner, () => setPart(create));
    } catch {
      // The network is down; without a retry the page would be without that part.
      if (!isEnded) setTimeout(() => void begin(), retryMs);
    }
  };
  createEffect(() => {
    if (isNeeded() && !isBegun) void begin();
  });
  return part;
}
