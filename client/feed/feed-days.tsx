/** The days of the feed: the newest as task cards, earlier ones as contact sheets. */
import { createMemo, createSignal, For, Show } from 'solid-js';
import { isUnfinished } from '../api/task.ts';
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
import { TaskImages } from '../gallery/task-card/task-images.tsx';
import { messages } from '../i18n/messages.ts';

interface FeedDaysProps {
  feed: Feed;
  optimisticRequests: readonly OptimisticRequest[];
  isLive: boolean;
  isLost: (taskId: string) => boolean;
  isAway: boolean;
  events: TaskCardEvents;
}

export function FeedDays(props: FeedDaysProps) {
  const today = createToday();
  const days = createMemo(() => groupByDay(props.feed.tasks(), today()));
  // `For` keys by value: keys keep the days in the page while their tasks change.
  const dayKeys = createMemo(() => {
    const now = today().toDateString();
    const keys = days().map((day) => day.key);
    return props.optimisticRequests.length > 0 && !keys.includes(now) ? [now, ...keys] : keys;
  });
  const dayOf = (key: string): Day =>
    days().find((day) => day.key === key) ?? { key, label: lazyMessages.feed.today, taskIds: [] };
  return (
    <For each={dayKeys()}>{(key, index) => <DaySection {...props} day={dayOf(key)} index={index()} />}</For>
  );
}

function DaySection(props: FeedDaysProps & { day: Day; index: number }) {
  const { feed } = props;
  const isNewest = () => props.index === 0;
  const tasks = createMemo(() => props.day.taskIds.flatMap((id) => feed.task(id) ?? []));
  const requestCode = (index: number) =>
    String(Number(feed.codeOf('')) + props.optimisticRequests.length - 1 - index);
  /** Tasks shown as cards: all of the newest day; of earlier days the unfinished and the failed ones. */
  const cardIds = () =>
    isNewest()
      ? props.day.taskIds
      : tasks()
          .filter((task) => isUnfinished(task) || task.status === 'FAILED')
          .map(({ id }) => id);

  return (
    <section class="day" aria-labelledby={`day-${props.index}`}>
      <FeedHead
        id={`day-${props.index}`}
        label={props.day.label}
        isNewest={isNewest()}
        developing={feed.tasks().filter(isUnfinished).length}
        isLive={props.isLive}
        items={galleryItems(tasks(), feed.codeOf)}
      />
      <Show when={isNewest()}>
        <For each={props.optimisticRequests}>
          {(request, place) => <OptimisticCard request={request} code={requestCode(place())} />}
        </For>
      </Show>
      <For each={cardIds()}>
        {(id) => (
          <Show when={feed.task(id)}>
            {(task) => (
              <TaskCard
                {...props.events}
                task={task()}
                code={feed.codeOf(id)}
                isLost={props.isLost(id)}
                isAway={props.isAway}
              />
            )}
          </Show>
        )}
      </For>
      <Show when={!isNewest()}>
        <ContactSheet
          label={lazyMessages.feed.earlier(props.day.label)}
          items={galleryItems(
            tasks().filter((task) => !isUnfinished(task)),
            feed.codeOf,
          )}
        />
      </Show>
    </section>
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
      <TaskCardHead code={props.code} request={props.request} provider={props.request.model.provider} />
      <TaskImages
        code={props.code}
        count={props.request.count}
        ratio={props.request.ratio}
        developed={0}
        items={[]}
      />
      <div class="progress">
        <div class="ruler" />
        <p class="progress-text">
          <span class="code">{lazyMessages.task.sending}</span>
        </p>
      </div>
    </article>
  );
}
