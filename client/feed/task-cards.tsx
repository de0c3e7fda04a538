import { createEffect, createMemo, createSignal, onCleanup, onMount, Show, untrack } from 'solid-js';
import { isUnfinished, type Task } from '../api/task.ts';
import { FeedDays } from './feed-days.tsx';
import type { Feed } from './feed.ts';
import { LoadMore } from './load-more.tsx';
import { galleryItems, useImageActions } from '../gallery/image-actions.ts';
import {
  type ImageActionsOptions,
  ImageActionsProvider,
  preloadLightbox,
} from '../gallery/image-actions-provider.tsx';
import type { TaskCardEvents } from '../gallery/task-card/task-card-actions.tsx';
import type { OptimisticRequest } from '../generate/submission.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';
import { copyText } from '../ui/clipboard.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { Icon } from '../ui/icons.tsx';

export interface TaskCardsProps extends ImageActionsOptions, Omit<TaskCardEvents, 'onCopyDetails'> {
  feed: Feed;
  optimisticRequests: readonly OptimisticRequest[];
  isLive: boolean;
  isLost: (taskId: string) => boolean;
  /** Whether the server does not respond, so that the state of unfinished tasks is unknown. */
  isAway: boolean;
}

/** The viewer's tasks as cards, newest first. */
export function TaskCards(props: TaskCardsProps) {
  const { feed, toasts } = props;
  const items = createMemo(() => galleryItems(feed.tasks(), feed.codeOf));
  const events: TaskCardEvents = {
    onCancel: props.onCancel,
    onRetry: props.onRetry,
    onEdit: props.onEdit,
    onOtherModel: props.onOtherModel,
    onCopyDetails: (task) => void copyDetails(task, feed.codeOf(task.id), toasts),
  };
  onMount(() => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => void preloadLightbox());
  });

  return (
    <ImageActionsProvider {...props} items={items()} isBesideForm>
      <NewTasks tasks={feed.tasks()} />
      <FeedDays {...props} events={events} />
      <LoadMore state={feed.more()} onLoad={() => void feed.loadMore()} />
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

/** Copies what support needs to find a request. */
function copyDetails(task: Task, code: string, toasts: Toasts): Promise<void> {
  const details = lazyMessages.task.details(task.id, task.model.label, task.createdAt);
  const texts = { copied: lazyMessages.task.copied(code), failed: lazyMessages.task.copyFailed(details) };
  return copyText(details, texts, toasts);
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
  const [isAway, setAway] = createSignal(false);
  const [fresh, setFresh] = createSignal<ReadonlySet<string>>(new Set<string>());
  let top: HTMLDivElement | undefined;

  onMount(() => {
    if (!top || typeof IntersectionObserver !== 'function') return;
    const observer = new IntersectionObserver(([entry]) => setAway(entry ? !entry.isIntersecting : false));
    observer.observe(top);
    onCleanup(() => observer.disconnect());
  });

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
