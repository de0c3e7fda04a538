/** The days of the feed: the newest as task cards, earlier ones as contact sheets. */
import { createMemo, createSignal, For, Show } from 'solid-js';
import { imageCode, isUnfinished } from '../api/task.ts';
import { createToday, type Day, groupByDay } from './days.ts';
import type { Feed } from './feed.ts';
import { type GalleryItem, galleryItems, useImageActions } from '../gallery/image-actions.ts';
import type { TaskCardEvents } from '../gallery/task-card/task-card-actions.tsx';
import { TaskCard, TaskCardHead } from '../gallery/task-card/task-card.tsx';
import { TaskImageTile } from '../gallery/task-image.tsx';
import type { OptimisticRequest } from '../generate/submission.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { liveText } from '../ui/live-text.tsx';
import { zipName } from '../gallery/downloads.ts';
import { EmptyTaskImage, TaskImageList } from '../gallery/task-card/task-images.tsx';
import { messages } from '../i18n/messages.ts';

export function FeedDays(props: {
  feed: Feed;
  optimisticRequests: readonly OptimisticRequest[];
  isLive: boolean;
  isLost: (taskId: string) => boolean;
  isAway: boolean;
  events: TaskCardEvents;
}) {
  // `For` keys by value: ids keep the cards in the page while their tasks change.
  const today = createToday();
  const days = createMemo(() => groupByDay(props.feed.tasks(), today()));
  const dayKeys = createMemo(() => {
    const now = today().toDateString();
    const keys = days().map((day) => day.key);
    return props.optimisticRequests.length > 0 && !keys.includes(now) ? [now, ...keys] : keys;
  });
  const dayOf = (key: string): Day =>
    days().find((day) => day.key === key) ?? { key, label: lazyMessages.feed.today, taskIds: [] };
  const requestCode = (index: number) =>
    String(Number(props.feed.codeOf('')) + props.optimisticRequests.length - 1 - index);
  const tasksOf = (key: string) => dayOf(key).taskIds.flatMap((id) => props.feed.task(id) ?? []);
  /** Tasks shown as cards: all of the newest day; of earlier days the unfinished and the failed ones. */
  const cardIds = (key: string, isNewest: boolean) =>
    isNewest
      ? dayOf(key).taskIds
      : tasksOf(key)
          .filter((task) => isUnfinished(task) || task.status === 'FAILED')
          .map(({ id }) => id);

  return (
    <For each={dayKeys()}>
      {(key, index) => (
        <section class="day" aria-labelledby={`day-${index()}`}>
          <FeedHead
            id={`day-${index()}`}
            label={dayOf(key).label}
            isNewest={index() === 0}
            developing={props.feed.tasks().filter(isUnfinished).length}
            isLive={props.isLive}
            items={galleryItems(tasksOf(key), props.feed.codeOf)}
          />
          <Show when={index() === 0}>
            <For each={props.optimisticRequests}>
              {(request, place) => <OptimisticCard request={request} code={requestCode(place())} />}
            </For>
          </Show>
          <For each={cardIds(key, index() === 0)}>
            {(id) => (
              <Show when={props.feed.task(id)}>
                {(task) => (
                  <TaskCard
                    {...props.events}
                    task={task()}
                    code={props.feed.codeOf(id)}
                    isLost={props.isLost(id)}
                    isAway={props.isAway}
                  />
                )}
              </Show>
            )}
          </For>
          <Show when={index() > 0}>
            <ContactSheet
              label={lazyMessages.feed.earlier(dayOf(key).label)}
              items={galleryItems(
                tasksOf(key).filter((task) => !isUnfinished(task)),
                props.feed.codeOf,
              )}
            />
          </Show>
        </section>
      )}
    </For>
  );
}

/** All images of an earlier day as a dense grid. */
function ContactSheet(props: { label: string; items: readonly GalleryItem[] }) {
  // `For` keys by value: ids keep the images in the page while their tasks change.
  const imageIds = createMemo(() => props.items.map(({ image }) => image.id));
  const itemOf = (imageId: string) => props.items.find(({ image }) => image.id === imageId);
  const [current, setCurrent] = createSignal<string>();
  const tabStop = () => (imageIds().includes(current() ?? '') ? current() : imageIds()[0]);

  return (
    <Show when={props.items.length > 0}>
      <ul class="contact-sheet film" aria-label={props.label}>
        <For each={imageIds()}>
          {(imageId) => (
            <Show when={itemOf(imageId)}>
              {(item) => (
                <TaskImageTile
                  item={item()}
                  isTabStop={tabStop() === imageId}
                  onFocus={() => setCurrent(imageId)}
                />
              )}
            </Show>
          )}
        </For>
      </ul>
    </Show>
  );
}

/** The heading of a day: its label, how many tasks are unfinished, and actions on all of its images. */
function FeedHead(props: {
  id: string;
  label: string;
  isNewest: boolean;
  developing: number;
  isLive: boolean;
  items: readonly GalleryItem[];
}) {
  const { selection, downloads } = useImageActions();
  return (
    <div class="day-head">
      <Show when={props.isNewest} fallback={<h2 id={props.id}>{props.label}</h2>}>
        <h1 id={props.id}>{props.label}</h1>
        <Show when={props.developing > 0}>
          <p class="developing">
            <Show when={props.isLive}>
              <span class="dot dot-ok" aria-hidden="true" />
            </Show>
            <span
              ref={liveText(() =>
                [lazyMessages.feed.developing(props.developing), props.isLive && lazyMessages.feed.live]
                  .filter(Boolean)
                  .join(', '),
              )}
            />
          </p>
        </Show>
        <Show when={props.items.length > 0}>
          <div class="day-actions">
            <Show
              when={selection.isOn()}
              fallback={<Button onClick={() => selection.start()}>{lazyMessages.select.start}</Button>}
            >
              <Button onClick={() => selection.end()}>{lazyMessages.select.end}</Button>
            </Show>
            <Button
              class="download-all"
              busy={downloads.isCollecting()}
              onClick={() => void downloads.many(props.items, zipName(props.items))}
            >
              <Icon name="download" />
              {lazyMessages.feed.downloadAll}
            </Button>
          </div>
        </Show>
      </Show>
    </div>
  );
}

/** The card of a request that has no response yet. */
function OptimisticCard(props: { request: OptimisticRequest; code: string }) {
  return (
    <article
      class="task-card film"
      classList={{ 'task-card-single': props.request.count === 1 }}
      aria-label={messages.task.request(props.code)}
      aria-busy="true"
    >
      <TaskCardHead
        code={props.code}
        prompt={props.request.prompt}
        meta={lazyMessages.task.meta(
          props.request.model.label,
          props.request.costCredits,
          undefined,
          props.request.model.provider.sandbox,
        )}
      />
      <TaskImageList
        count={props.request.count}
        ratio={props.request.ratio}
        developed={0}
        label={lazyMessages.task.imagesInProgress(props.code)}
      >
        {(index) => (
          <EmptyTaskImage
            code={imageCode(props.code, index)}
            text={lazyMessages.task.imageInProgress(imageCode(props.code, index))}
          />
        )}
      </TaskImageList>
      <div class="progress">
        <div class="ruler" />
        <p class="progress-text">
          <span class="code">{lazyMessages.task.sending}</span>
        </p>
      </div>
    </article>
  );
}
