import { type Accessor, createMemo, For, Show } from 'solid-js';
import { isUnfinished, type Task } from '../api/task.ts';
import './beside.css';
import { besideEachOther } from './beside.ts';
import { ContactSheet } from './contact-sheet.tsx';
import { type Day, Days } from './days.tsx';
import type { Feed } from './feed.ts';
import type { TaskActions } from './task-actions.ts';
import { type GalleryItem, galleryItems, useImageActions } from '../gallery/image-actions.ts';
import type { ImageActionsOptions } from '../gallery/image-actions-provider.tsx';
import type { TaskCardEvents } from '../gallery/task-card/task-card-actions.tsx';
import { TaskCard, TaskCardHead } from '../gallery/task-card/task-card.tsx';
import { TaskImages } from '../gallery/task-card/task-images.tsx';
import type { OptimisticRequest } from '../generate/submission.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';
import { copyText } from '../ui/clipboard.ts';
import { ForKeyed } from '../ui/for-keyed.tsx';
import { Icon } from '../ui/icons.tsx';
import { liveText } from '../ui/live-text.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import { whenLoaded } from '../ui/when-loaded.ts';

export interface FeedDaysProps
  extends ImageActionsOptions, Omit<TaskCardEvents, 'onCancel' | 'onCopyDetails'> {
  feed: Feed;
  actions: Accessor<TaskActions | undefined>;
  optimisticRequests: readonly OptimisticRequest[];
  isLive: boolean;
  isLost: (taskId: string) => boolean;
  /** Whether the server does not respond, so that the state of unfinished tasks is unknown. */
  isAway: boolean;
}

/** The days of the feed: the newest as task cards, earlier ones as contact sheets. */
export function FeedDays(props: FeedDaysProps) {
  return (
    <Days tasks={props.feed.tasks()} hasToday={props.optimisticRequests.length > 0}>
      {(day, index) => <DaySection {...props} day={day()} index={index()} />}
    </Days>
  );
}

function DaySection(props: FeedDaysProps & { day: Day; index: number }) {
  const { feed } = props;
  const headingId = () => `day-${props.index}`;
  const isNewest = () => props.index === 0;
  const requestCode = (index: number) =>
    String(Number(feed.codeOf('')) + props.optimisticRequests.length - 1 - index);
  /** Tasks shown as cards: all of the newest day; of earlier days the unfinished and the failed ones. */
  const cards = () =>
    props.day.tasks.filter((task) => isNewest() || isUnfinished(task) || task.status === 'FAILED');
  const beside = createMemo(() => besideEachOther(cards()));

  return (
    <section class="day" aria-labelledby={headingId()}>
      <div class="day-head">
        <Show when={isNewest()} fallback={<h2 id={headingId()}>{props.day.label}</h2>}>
          <h1 id={headingId()}>{props.day.label}</h1>
          <Developing count={feed.tasks().filter(isUnfinished).length} isLive={props.isLive} />
          <DayActions items={galleryItems(props.day.tasks, feed.codeOf)} />
        </Show>
      </div>
      <Show when={isNewest()}>
        <For each={props.optimisticRequests}>
          {(request, place) => (
            <OptimisticCard
              request={request}
              code={requestCode(place())}
              isBeside={props.optimisticRequests.some(
                ({ prompt, model }) => prompt === request.prompt && model.id !== request.model.id,
              )}
            />
          )}
        </For>
      </Show>
      <ForKeyed each={cards()} keyOf={({ id }) => id}>
        {(task) => (
          <TaskCard
            {...props}
            task={task()}
            code={feed.codeOf(task().id)}
            isLost={props.isLost(task().id)}
            isBeside={beside().has(task().id)}
            onCancel={(task) => whenLoaded(props.actions, (actions) => void actions.cancel(task))}
            onCopyDetails={() => void copyDetails(task(), feed.codeOf(task().id), props.toasts)}
          />
        )}
      </ForKeyed>
      <Show when={!isNewest()}>
        <ContactSheet
          label={lazyMessages.feed.earlier(props.day.label)}
          cells={galleryItems(
            props.day.tasks.filter((task) => !isUnfinished(task)),
            feed.codeOf,
          )}
        />
      </Show>
    </section>
  );
}

/** Copies what support needs to find a request. */
function copyDetails(task: Task, code: string, toasts: Toasts): Promise<void> {
  const details = lazyMessages.task.details(task.id, task.model.label, task.createdAt);
  const texts = { copied: lazyMessages.task.copied(code), failed: lazyMessages.task.copyFailed(details) };
  return copyText(details, texts, toasts);
}

/** How many tasks are unfinished. */
function Developing(props: { count: number; isLive: boolean }) {
  const text = () => {
    const developing = lazyMessages.feed.developing(props.count);
    return props.isLive ? `${developing}, ${lazyMessages.feed.live}` : developing;
  };
  return (
    <Show when={props.count > 0}>
      <p class="developing">
        <Show when={props.isLive}>
          <span class="dot dot-ok" aria-hidden="true" />
        </Show>
        <span ref={liveText(text)} />
      </p>
    </Show>
  );
}

/** Actions on all images of a day. */
function DayActions(props: { items: readonly GalleryItem[] }) {
  const { selection, downloads } = useImageActions();
  return (
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
          onClick={() => void downloads.many(props.items)}
        >
          <Icon name="download" />
          {lazyMessages.feed.downloadAll}
        </Button>
      </div>
    </Show>
  );
}

/** The card of a request that has no response yet. */
function OptimisticCard(props: { request: OptimisticRequest; code: string; isBeside: boolean }) {
  return (
    <article
      class="task-card film"
      classList={{
        'task-card-beside': props.isBeside,
        'task-card-single': !props.isBeside && props.request.count === 1,
      }}
      aria-label={lazyMessages.task.request(props.code)}
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
