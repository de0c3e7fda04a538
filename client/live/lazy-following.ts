/** Lazy-loads live updates on first sign-in. */
import { type Accessor, createEffect, createSignal, getOwner, on, onCleanup, runWithOwner } from 'solid-js';
import type { FollowingOptions } from './following.ts';
import type { Live } from './live.ts';

const retryMs = 5_000;

/** Fetches the code; the browser keeps it. */
const loadFollowing = () => import('./following.ts');

/** Undefined until `isWanted` was true and the code is loaded; then for as long as the owner lives. */
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
      // The network is down; without a retry no task would ever be seen to end.
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
