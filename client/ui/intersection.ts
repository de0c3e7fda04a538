import { type Accessor, createSignal, onCleanup, onMount } from 'solid-js';

/**
 * Whether an element is in the viewport; undefined until known. A `margin` in pixels counts what is below the viewport
 * as well.
 */
export function createIntersection(
  element: () => Element | undefined,
  margin = 0,
): Accessor<boolean | undefined> {
  const [isSeen, setSeen] = createSignal<boolean>();
  onMount(() => {
    const observed = element();
    if (!observed || !('IntersectionObserver' in window)) return;
    const observer = new IntersectionObserver((entries) => setSeen(entries.at(-1)?.isIntersecting), {
      rootMargin: `0px 0px ${margin}px 0px`,
    });
    observer.observe(observed);
    onCleanup(() => observer.disconnect());
  });
  return isSeen;
}
