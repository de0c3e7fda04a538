import { createEffect, createMemo, createSignal, onMount, Show, untrack } from 'solid-js';
import { isUnfinished, type Task } from '../api/task.ts';
import { FeedDays, type FeedDaysProps } from './feed-days.tsx';
import { galleryItems, useImageActions } from '../gallery/image-actions.ts';
import { ImageActionsProvider, preloadLightbox } from '../gallery/image-actions-provider.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { createIntersection, LoadMore } from '../ui/load-more.tsx';

/** The viewer's tasks as cards, newest first. */
export function TaskCards(props: FeedDaysProps) {
  const tasks = createMemo(() => props.actions()?.withoutRemoved(props.feed.tasks()) ?? props.feed.tasks());
  const feed = { ...props.feed, tasks };
  const items = createMemo(() => galleryItems(feed.tasks(), feed.codeOf));
  const codeOf = (id: string) => feed.task(id) && feed.codeOf(id);
  onMount(() => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => void preloadLightbox());
  });

  return (
    <ImageActionsProvider {...props} items={items()} codeOf={codeOf} isBesideForm>
      <NewTasks tasks={feed.tasks()} />
      <FeedDays {...props} feed={feed} />
      <LoadMore state={feed.more()} failed={messages.feed.failed} onLoad={() => void feed.loadMore()} />
      <AllKeys />
    </ImageActionsProvider>
  );
}

function AllKeys() {
  const actions = useImageActions();
  return (
    <p class="feed-end">
      <Button kind="quiet" opensDialog onClick={() => actions.showKeys()}>
        {lazyMessages.keys.title} <kbd>?</kbd>
      </Button>
    </p>
  );
}

interface Seen {
  unfinished: ReadonlyMap<string, boolean>;
  newestAt: string;
}

/**
 * Counts tasks that arrived or finished while the user was further down the feed. The page does not move: a button
 * shows the count and leads to the top.
 */
function NewTasks(props: { tasks: readonly Task[] }) {
  const [fresh, setFresh] = createSignal<ReadonlySet<string>>(new Set<string>());
  let top: HTMLDivElement | undefined;
  const isTopSeen = createIntersection(() => top);
  const isAway = () => isTopSeen() === false;

  // Tasks change in place, so what they were is noted.
  createEffect((before: Seen | undefined) => {
    const now: Seen = {
      unfinished: new Map(props.tasks.map((task) => [task.id, isUnfinished(task)])),
      newestAt: props.tasks[0]?.createdAt ?? '',
    };
    const arrived = props.tasks.filter(({ id, createdAt }) => {
      const was = before?.unfinished.get(id);
      return was === undefined ? createdAt > (before?.newestAt ?? '') : was && !now.unfinished.get(id);
    });
    if (before && untrack(isAway) && arrived.length > 0)
      setFresh((ids) => new Set([...ids, ...arrived.map(({ id }) => id)]));
    return now;
  });
  createEffect(() => {
    if (!isAway()) setFresh(new Set<string>());
  });

  const goUp = () => {
    window.scrollTo({ top: 0 });
    document.querySelector<HTMLElement>('[data-task]')?.focus({ preventScroll: true });
  };

  return (
    <>
      <div ref={top} class="feed-top" />
      <Show when={isAway() && fresh().size > 0}>
        <button type="button" class="button button-primary new-tasks" onClick={goUp}>
          <Icon name="up" />
          {lazyMessages.feed.fresh(fresh().size)}
        </button>
      </Show>
    </>
  );
}
