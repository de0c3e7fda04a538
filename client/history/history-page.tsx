/** The History page: all tasks by day, filtered by text, scene, model, outcome and favorites. */
import type { Client } from '@urql/core';
import { type Accessor, createEffect, createMemo, createUniqueId, For, Match, Show, Switch } from 'solid-js';
import type { Task } from '../api/task.ts';
import { type ContactCell, ContactSheet, ContactSheetSkeleton, isImage } from '../feed/contact-sheet.tsx';
import { Days } from '../feed/days.tsx';
import type { Feed } from '../feed/feed.ts';
import type { TaskActions } from '../feed/task-actions.ts';
import { type GalleryItem, galleryItems } from '../gallery/image-actions.ts';
import { type ImageActionsOptions, ImageActionsProvider } from '../gallery/image-actions-provider.tsx';
import type { Model } from '../generate/options/model-choice.ts';
import { DeleteFailed } from './delete-failed.tsx';
import { createFilters, FilterBar, type Filters, zipAddress } from './filter-bar.tsx';
import { NothingFound } from './nothing-found.tsx';
import { TaskList, type TaskRow } from './task-list.tsx';
import { createHistory, createHistoryCodes, createHistoryTask, type HistoryCodes } from './history.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { LoadFailure } from '../ui/load-failure.tsx';
import { LoadMore } from '../ui/load-more.tsx';
import type { Router } from '../ui/router.ts';

interface HistoryPageProps extends ImageActionsOptions {
  heading: string;
  onRefresh: (taskId: string) => Promise<Task | undefined>;
  client: Client;
  router: Router;
  feed: Feed;
  actions: Accessor<TaskActions | undefined>;
  models: readonly Model[];
  viewerId: () => string | undefined;
  /** Whether the user is a visitor; false until known. */
  isVisitor: boolean;
  changes: () => unknown;
  onSignIn: () => void;
}

type PartProps = HistoryPageProps & { filters: Filters; codes: HistoryCodes };

export function HistoryPage(props: HistoryPageProps) {
  const headingId = createUniqueId();
  const filters = createFilters(props.router);
  const codes = createHistoryCodes((id) => (props.feed.task(id) ? props.feed.codeOf(id) : undefined));
  return (
    <main class="sheet" id="feed" tabIndex={-1} aria-labelledby={headingId}>
      <h1 id={headingId}>{props.heading}</h1>
      <Show
        when={!props.isVisitor}
        fallback={
          <div class="sheet-note">
            <p>{lazyMessages.history.visitor}</p>
            <Button onClick={() => props.onSignIn()}>{messages.auth.signIn}</Button>
          </div>
        }
      >
        <Show when={filters.get('task')} fallback={<AllTasks {...props} filters={filters} codes={codes} />}>
          {(id) => <OneTask {...props} filters={filters} codes={codes} taskId={id()} />}
        </Show>
      </Show>
    </main>
  );
}

function AllTasks(props: PartProps) {
  const { filters, codes } = props;
  /** A deletion at the server changes the counts, which the cache cannot know. */
  const changes = createMemo(() => `${String(props.changes())} ${props.actions()?.ended() ?? 0}`);
  const history = createHistory({
    client: props.client,
    filter: filters.taskFilter,
    viewerId: props.viewerId,
    changes,
  });
  createEffect(() => {
    if (Object.keys(filters.taskFilter()).length === 0) codes.learn(history.tasks(), history.totalCount());
  });
  const isFavoritesOnly = () => filters.get('marked') !== undefined;
  const shown = createMemo(() =>
    withoutRemoved(props, history.tasks()).filter(
      (task) => !isFavoritesOnly() || task.images.some(props.favorites.has),
    ),
  );

  return (
    <>
      <FilterBar filters={filters} models={props.models} />
      <div class="history-found">
        <p class="day-count" role="status">
          {history.status() === 'ready' ? lazyMessages.history.found(history.totalCount()) : ''}
        </p>
        <Show when={shown().some(({ images }) => images.length > 0)}>
          <a
            class="button button-quiet"
            href={zipAddress(filters.taskFilter())}
            download="proofsheet-images.zip"
          >
            <Icon name="download" />
            {lazyMessages.history.downloadFound}
          </a>
        </Show>
        <DeleteFailed
          {...props}
          filter={filters.taskFilter()}
          tasks={history.tasks()}
          isHidden={props.feed.isHidden}
          changes={changes}
        />
        <ViewButtons filters={filters} />
      </div>
      <Switch>
        <Match when={history.status() === 'loading'}>
          <ContactSheetSkeleton />
        </Match>
        <Match when={history.status() === 'failed'}>
          <LoadFailure class="sheet-note" text={messages.feed.failed} onRetry={history.refresh} />
        </Match>
        <Match when={true}>
          <HistoryImages {...props} tasks={shown()} isFavoritesOnly={isFavoritesOnly()} />
          <Show when={shown().length === 0 && history.more() === 'none'}>
            <NothingFound filters={filters} />
          </Show>
          <LoadMore
            state={history.more()}
            onLoad={() => void history.loadMore()}
            failed={messages.feed.failed}
            end={shown().length > 0 ? lazyMessages.history.end : undefined}
          />
        </Match>
      </Switch>
    </>
  );
}

/** Images or requests. The address keeps it. */
function ViewButtons(props: { filters: Filters }) {
  const view = () => props.filters.get('view');
  return (
    <div class="history-views" role="group" aria-label={lazyMessages.history.view}>
      <For each={[undefined, 'list'] as const}>
        {(value) => (
          <button
            type="button"
            class="button button-quiet"
            aria-pressed={view() === value}
            onClick={() => props.filters.set('view', value)}
          >
            {value ? lazyMessages.history.asList : lazyMessages.history.asGrid}
          </button>
        )}
      </For>
    </div>
  );
}

/** Without the tasks and images that are being deleted. */
function withoutRemoved({ feed, actions }: PartProps, tasks: readonly Task[]): readonly Task[] {
  const kept = tasks.filter(({ id }) => !feed.isHidden(id));
  return actions()?.withoutRemoved(kept) ?? kept;
}

/** Tasks by day as contact sheets, with all actions on images. */
function HistoryImages(props: PartProps & { tasks: readonly Task[]; isFavoritesOnly: boolean }) {
  const cellsOf = (task: Task): ContactCell[] => {
    const code = props.codes.of(task.id) ?? messages.format.time(new Date(task.createdAt));
    if (task.images.length === 0) return [{ task, code }];
    const isShown = ({ image }: GalleryItem) => !props.isFavoritesOnly || props.favorites.has(image);
    return galleryItems([task], () => code).filter(isShown);
  };
  const items = createMemo(() => props.tasks.flatMap(cellsOf).filter(isImage));
  const isList = () => props.filters.get('view') !== undefined;
  const rowOf = (task: Task): TaskRow => {
    const cells = cellsOf(task);
    return { task, code: cells[0]?.code ?? '', items: cells.filter(isImage) };
  };
  return (
    <ImageActionsProvider {...props} items={items()} codeOf={props.codes.of}>
      <Days tasks={props.tasks}>
        {(day) => {
          const headingId = createUniqueId();
          const cells = createMemo(() => day().tasks.flatMap(cellsOf));
          return (
            <section class="day" aria-labelledby={headingId}>
              <div class="day-head">
                <h2 id={headingId}>{day().label}</h2>
                <span class="day-count">{lazyMessages.history.images(cells().filter(isImage).length)}</span>
              </div>
              <Show
                when={isList()}
                fallback={
                  <ContactSheet label={lazyMessages.history.imagesOfDay(day().label)} cells={cells()} />
                }
              >
                <TaskList
                  label={lazyMessages.history.requestsOfDay(day().label)}
                  rows={day().tasks.map(rowOf)}
                />
              </Show>
            </section>
          );
        }}
      </Days>
    </ImageActionsProvider>
  );
}

/** The task that a ledger entry links to. */
function OneTask(props: PartProps & { taskId: string }) {
  const {
    task: known,
    hasFailed,
    retry,
  } = createHistoryTask({
    client: props.client,
    id: () => props.taskId,
    viewerId: props.viewerId,
  });
  const task = createMemo(() => {
    const found = known();
    return found ? (withoutRemoved(props, [found])[0] ?? null) : found;
  });
  const status = () => {
    if (task() === undefined) return '';
    return task() ? lazyMessages.history.one : lazyMessages.history.oneGone;
  };
  return (
    <>
      <div class="sheet-note">
        <p role="status">{status()}</p>
        <Button onClick={() => props.filters.clear()}>{lazyMessages.history.all}</Button>
      </div>
      <Switch>
        <Match when={task()}>
          {(shown) => <HistoryImages {...props} tasks={[shown()]} isFavoritesOnly={false} />}
        </Match>
        <Match when={hasFailed()}>
          <LoadFailure class="sheet-note" text={messages.feed.failed} onRetry={retry} />
        </Match>
        <Match when={task() === undefined}>
          <ContactSheetSkeleton />
        </Match>
      </Switch>
    </>
  );
}
