/** Single keys that lead from the feed to the form. They count only there: in a field they are letters. */
import type { Scene } from '../../api/generated/graphql.ts';

/** Returns how to stop. */
export function listenForBenchKeys(options: {
  onPrompt: () => void;
  onScene: (scene: Scene) => void;
}): () => void {
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const { target } = event;
    if (!(target instanceof Element) || !target.closest('#feed') || target.closest('input, textarea, select'))
      return;
    if (event.key === '/') options.onPrompt();
    else if (event.key === '1') options.onScene('TEXT_TO_IMAGE');
    else if (event.key === '2') options.onScene('IMAGE_TO_IMAGE');
    else return;
    // Else the key would be written into the field that has the focus now.
    event.preventDefault();
  };
  window.addEventListener('keydown', onKeyDown);
  return () => window.removeEventListener('keydown', onKeyDown);
}
