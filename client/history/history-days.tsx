/** Tasks by day as dense grids: each image small, and a place for each task without images. */
import { createMemo, createSignal, createUniqueId, For, Show } from 'solid-js';
import { isUnfinished, type Task } from '../api/task.ts';
import { createToday, groupByDay } from '../feed/days.ts';
import { type GalleryItem, galleryItems } from '../gallery/image-actions.ts';
import { type ImageActionsOptions, ImageActionsProvider } from '../gallery/image-actions-provider.tsx';
import { taskErrorMessage } from '../gallery/task-card/task-error-messages.ts';
import { TaskImageTile } from '../gallery/task-image.tsx';
import type { HistoryCodes } from './history.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';

interface HistoryDaysProps {
  tasks: readonly Task[];
  /** The images of a task that pass the filter. */
  galleryItems: (task: Task) => readonly GalleryItem[];
  codeOf: (task: Task) => string;
  /** Whether tasks without images have a place as well. */
  hasTasksWithoutImages: boolean;
}

function HistoryDays(props: HistoryDaysProps) {
  const today = createToday();
  const days = createMemo(() => groupByDay(props.tasks, today()));
  // `For` keys by value: keys keep the days in the page while their tasks change.
  const keys = createMemo(() => days().map((day) => day.key));
  return (
    <For each={keys()}>
      {(key) => {
        const headingId = createUniqueId();
        const day = () => days().find((other) => other.key === key);
        const label = () => day()?.label ?? '';
        const tasks = createMemo(() => {
          const ids = new Set(day()?.taskIds);
          return props.tasks.filter((task) => ids.has(task.id));
        });
        const imageCount = () => tasks().reduce((sum, task) => sum + props.galleryItems(task).length, 0);
        return (
          <section class="day" aria-labelledby={headingId}>
            <div class="day-head">
              <h2 id={headingId}>{label()}</h2>
              <span class="day-count">{lazyMessages.history.images(imageCount())}</span>
            </div>
            <DayImages {...props} tasks={tasks()} label={lazyMessages.history.imagesOfDay(label())} />
          </section>
        );
      }}
    </For>
  );
}

function DayImages(props: HistoryDaysProps & { label: string }) {
  const cells = createMemo(() => {
    const found = new Map<string, { task: Task; item: GalleryItem | undefined }>();
    for (const task of props.tasks) {
      for (const item of props.galleryItems(task)) found.set(item.image.id, { task, item });
      if (task.images.length === 0 && props.hasTasksWithoutImages)
        found.set(task.id, { task, item: undefined });
    }
    return found;
  });
  // `For` keys by value: ids keep the images in the page while their tasks change.
  const keys = createMemo(() => [...cells().keys()]);
  const [current, setCurrent] = createSignal<string>();
  const tabStop = createMemo(() => {
    const known = current();
    if (known !== undefined && cells().get(known)?.item) return known;
    return keys().find((key) => cells().get(key)?.item);
  });

  return (
    <ul class="contact-sheet film" aria-label={props.label}>
      <For each={keys()}>
        {(key) => (
          <Show when={cells().get(key)}>
            {(cell) => (
              <Show
                when={cell().item}
                fallback={<TaskWithoutImages task={cell().task} code={props.codeOf(cell().task)} />}
              >
                {(item) => (
                  <TaskImageTile
                    item={item()}
                    isTabStop={tabStop() === key}
                    onFocus={() => setCurrent(key)}
                  />
                )}
              </Show>
            )}
          </Show>
        )}
      </For>
    </ul>
  );
}

/** In place of an image: unfinished, or why there is none. */
function TaskWithoutImages(props: { task: Task; code: string }) {
  const outcome = () => {
    if (isUnfinished(props.task)) return lazyMessages.history.statuses.PROCESSING;
    return lazyMessages.history.statuses[props.task.status === 'CANCELED' ? 'CANCELED' : 'FAILED'];
  };
  const reason = () => (isUnfinished(props.task) ? '' : taskErrorMessage(props.task).text);
  return (
    <li class="task-image" title={[props.task.prompt, reason()].filter(Boolean).join('\n')}>
      <div class="task-image-box contact-outcome" classList={{ 'contact-waiting': isUnfinished(props.task) }}>
        <strong>{outcome()}</strong>
        <span dir="auto">{props.task.prompt}</span>
        <span class="visually-hidden">{reason()}</span>
      </div>
      <span class="task-image-code code" aria-hidden="true">
        {props.code}
      </span>
    </li>
  );
}

export interface HistoryImagesProps extends ImageActionsOptions {
  tasks: readonly Task[];
  codes: HistoryCodes;
  isFavoritesOnly: boolean;
}

/** The images of earlier tasks, with all actions on images. */
export function HistoryImages(props: HistoryImagesProps) {
  const codeOf = (task: Task) => props.codes.of(task.id) ?? lazyMessages.history.at(new Date(task.createdAt));
  const itemsOfTask = (task: Task): GalleryItem[] =>
    galleryItems([task], () => codeOf(task)).filter(
      ({ image }) => !props.isFavoritesOnly || props.favorites.has(image.id),
    );
  const items = createMemo(() => props.tasks.flatMap(itemsOfTask));
  return (
    <ImageActionsProvider {...props} items={items()}>
      <HistoryDays
        tasks={props.tasks}
        galleryItems={itemsOfTask}
        codeOf={codeOf}
        hasTasksWithoutImages={!props.isFavoritesOnly}
      />
    </ImageActionsProvider>
  );
}
