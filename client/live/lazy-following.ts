/** Brings what follows tasks when it is wanted. */
import { type Accessor, createEffect, createSignal, getOwner, on, onCleanup, runWithOwner } from 'solid-js';
import type { FollowingOptions } from './following.ts';
import type { Live } from './live.ts';

const retryMs = 5_000;

/** Fetches the code; the browser keeps it. */
const loadFollowing = () => import('./following.ts');

/** Nothing until `isWanted` is true for the first time and the code has come; then for as long as the owner lives. */
export function createLazyFollowing(
  isWanted: Accessor<boolean>,
  options: FollowingOptions,
): Accessor<Live | undefined> {
  const [live, setLive] = createSignal<Live>();
  const owner = getOwner();
  let isBegun = false;
  let isEnded = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => {
    isEnded = true;
    clearTimeout(timer);
  });

  const begin = async () => {
    try {
      const { createFollowing } = await loadFollowing();
      if (!isEnded) runWithOwner(owner, () => setLive(createFollowing(options)));
    } catch {
      // The network is down; without this nobody would hear of the end of anything.
      timer = setTimeout(() => void begin(), retryMs);
    }
  };
  createEffect(
    on(isWanted, (wanted) => {
      if (!wanted || isBegun) return;
      isBegun = true;
      void begin();
    }),
  );
  return live;
}
