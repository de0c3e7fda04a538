import { createEffect, onCleanup, Show } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import { laterWords } from '../../ui/words-later.ts';
import { words } from '../../ui/words.ts';
import type { Feed } from './feed.ts';

/** How far before the end of the page the next tasks are asked for. */
const margin = '800px';

/** Brings earlier tasks as the end of the page comes near; the button does the same by hand. */
export function LoadMore(props: { feed: Feed }) {
  let end: HTMLDivElement | undefined;
  createEffect(() => {
    // Watched anew after each page: where it was too short to push the end away, the next one follows.
    if (props.feed.more() !== 'some' || !end || typeof IntersectionObserver !== 'function') return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void props.feed.loadMore();
      },
      { rootMargin: margin },
    );
    observer.observe(end);
    onCleanup(() => observer.disconnect());
  });

  return (
    <div ref={end}>
      <Show when={props.feed.more() !== 'none'}>
        <div class="load-more">
          <Show when={props.feed.more() === 'failed'}>
            <p role="alert">{words.feed.failed}</p>
          </Show>
          <Button busy={props.feed.more() === 'loading'} onClick={() => void props.feed.loadMore()}>
            {props.feed.more() === 'loading'
              ? laterWords.feed.loadingMore
              : props.feed.more() === 'failed'
                ? words.app.tryAgain
                : laterWords.feed.loadMore}
          </Button>
        </div>
      </Show>
    </div>
  );
}
