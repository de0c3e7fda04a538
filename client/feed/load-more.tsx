import { createEffect, createSignal, onCleanup, Show } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';

/** How far below the viewport the end may be when the next page is loaded, as a root margin. */
const reach = '800px';

/** The end of a list: loads the next page when it comes near the viewport, and on a click. */
export function LoadMore(props: {
  state: 'none' | 'some' | 'loading' | 'failed';
  /** Whether most of what is fetched may be filtered out again. */
  isSearching?: boolean;
  /** Whether to say that this was everything. */
  isAll?: boolean;
  onLoad: () => void;
}) {
  let end: HTMLDivElement | undefined;
  const [isNear, setNear] = createSignal(false);
  createEffect(() => {
    if (!end || !('IntersectionObserver' in window)) return;
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)?.isIntersecting ?? false), {
      rootMargin: `0px 0px ${reach} 0px`,
    });
    observer.observe(end);
    onCleanup(() => observer.disconnect());
  });
  // No automatic retry after a failure: the button retries.
  createEffect(() => {
    if (isNear() && props.state === 'some') props.onLoad();
  });

  return (
    <div classList={{ 'load-more': props.state !== 'none' || (props.isAll ?? false) }} ref={end}>
      <Show
        when={props.state !== 'none'}
        fallback={
          <Show when={props.isAll}>
            <p class="list-end">{lazyMessages.history.end}</p>
          </Show>
        }
      >
        <Show when={props.state === 'failed'}>
          <p role="alert">{messages.feed.failed}</p>
        </Show>
        <Button
          busy={props.state === 'loading'}
          onClick={() => {
            if (props.state !== 'loading') props.onLoad();
          }}
        >
          {props.state === 'loading'
            ? props.isSearching
              ? lazyMessages.history.lookingBack
              : lazyMessages.feed.loadingMore
            : props.state === 'failed'
              ? messages.app.tryAgain
              : lazyMessages.feed.loadMore}
        </Button>
      </Show>
    </div>
  );
}
