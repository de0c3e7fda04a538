import { type Accessor, createEffect, createSignal, onCleanup, onMount, Show } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from './button.tsx';

/** How far below the viewport the end may be when the next page is loaded, in pixels. */
const reach = 800;

/** The end of a list: loads the next page on a click, or when it comes near the viewport. */
export function LoadMore(props: {
  state: 'none' | 'some' | 'loading' | 'failed';
  /** Whether to load only on a click. */
  isManual?: boolean;
  /** Why nothing came. */
  failed: string;
  /** Shown after the last page. */
  end?: string | undefined;
  onLoad: () => void;
}) {
  let element: HTMLDivElement | undefined;
  const isNear = createIntersection(() => element, reach);
  // No automatic retry after a failure: the button retries.
  createEffect(() => {
    if (isNear() && props.state === 'some' && !props.isManual) props.onLoad();
  });
  const text = () => {
    if (props.state === 'loading') return lazyMessages.feed.loadingMore;
    return props.state === 'failed' ? messages.app.tryAgain : lazyMessages.feed.loadMore;
  };

  return (
    <div classList={{ 'load-more': props.state !== 'none' || props.end !== undefined }} ref={element}>
      <Show when={props.state !== 'none'} fallback={props.end && <p class="list-end">{props.end}</p>}>
        <Show when={props.state === 'failed'}>
          <p role="alert">{props.failed}</p>
        </Show>
        <Button busy={props.state === 'loading'} onClick={() => props.onLoad()}>
          {text()}
        </Button>
      </Show>
    </div>
  );
}

/**
 * Whether an element is in the viewport; undefined until known. Margins in pixels count what is below the viewport, and
 * above it, as well.
 */
export function createIntersection(
  element: () => Element | undefined,
  margin = 0,
  marginAbove = 0,
): Accessor<boolean | undefined> {
  const [isSeen, setSeen] = createSignal<boolean>();
  onMount(() => {
    const observed = element();
    if (!observed || !('IntersectionObserver' in window)) return;
    const observer = new IntersectionObserver((entries) => setSeen(entries.at(-1)?.isIntersecting), {
      rootMargin: `${marginAbove}px 0px ${margin}px 0px`,
    });
    observer.observe(observed);
    onCleanup(() => observer.disconnect());
  });
  return isSeen;
}
