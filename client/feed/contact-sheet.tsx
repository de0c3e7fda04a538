import { createMemo, createSignal, Show } from 'solid-js';
import { isUnfinished, type Task } from '../api/task.ts';
import type { GalleryItem } from '../gallery/image-actions.ts';
import { taskErrorMessage } from '../gallery/task-card/task-error-messages.ts';
import { TaskImageTile } from '../gallery/task-image.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { ForKeyed } from '../ui/for-keyed.tsx';

/** An image, or the place of a task without images. */
export type ContactCell = GalleryItem | { task: Task; code: string; image?: never };

export function isImage(cell: ContactCell): cell is GalleryItem {
  return cell.image !== undefined;
}

/** Images as a dense grid, which is one tab stop. */
export function ContactSheet(props: { label: string; cells: readonly ContactCell[] }) {
  const [current, setCurrent] = createSignal<string>();
  const tabStop = createMemo(() => {
    const imageIds = props.cells.filter(isImage).map(({ image }) => image.id);
    return imageIds.find((id) => id === current()) ?? imageIds[0];
  });

  return (
    <Show when={props.cells.length > 0}>
      <ul class="contact-sheet film" aria-label={props.label}>
        <ForKeyed each={props.cells} keyOf={({ task, image }) => image?.id ?? task.id}>
          {(cell) => (
            <Show
              when={isImage(cell()) && (cell() as GalleryItem)}
              fallback={<TaskWithoutImages task={cell().task} code={cell().code} />}
            >
              {(item) => (
                <TaskImageTile
                  item={item()}
                  isTabStop={tabStop() === item().image.id}
                  onFocus={() => setCurrent(item().image.id)}
                />
              )}
            </Show>
          )}
        </ForKeyed>
      </ul>
    </Show>
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

/** In place of contact sheets that are loading. */
export function ContactSheetSkeleton() {
  return (
    <div class="day" aria-busy="true">
      <p class="visually-hidden" role="status">
        {messages.feed.loading}
      </p>
      <div class="day-head" aria-hidden="true">
        <span class="skeleton-text" />
      </div>
      <ul class="contact-sheet film" aria-hidden="true">
        {Array.from({ length: 16 }, () => (
          <li class="task-image">
            <div class="task-image-box contact-waiting" />
            <span class="task-image-code code">{'\u00a0'}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
