import { type Accessor, createSignal, onCleanup } from 'solid-js';

/** Whether the page is out of sight: another tab is in front, or the window is minimised. */
export function createHidden(): Accessor<boolean> {
  const [isHidden, setHidden] = createSignal(document.visibilityState === 'hidden');
  const update = () => setHidden(document.visibilityState === 'hidden');
  document.addEventListener('visibilitychange', update);
  onCleanup(() => document.removeEventListener('visibilitychange', update));
  return isHidden;
}
