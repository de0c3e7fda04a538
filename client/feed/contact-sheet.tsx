import { createMemo, createSignal, Show } from 'solid-js';
import { isUnfinished, type Task } from '../api/task.ts';
import type { GalleryItem } from '../gallery/image-actions.ts';
import { TaskImageTile } from '../gallery/task-image.tsx';
import { TaskWithoutImages } from './task-without-images.tsx';
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
  const keyOf = ({ task, image }: ContactCell) => image?.id ?? task.id;
  const tabStop = createMemo(() => {
    const keys = props.cells.filter((cell) => isImage(cell) || !isUnfinished(cell.task)).map(keyOf);
    return keys.find((key) => key === current()) ?? keys[0];
  });

  return (
    <Show when={props.cells.length > 0}>
      <ul class="contact-sheet film" aria-label={props.label}>
        <ForKeyed each={props.cells} keyOf={keyOf}>
          {(cell) => (
            <Show
              when={isImage(cell()) && (cell() as GalleryItem)}
              fallback={
                <TaskWithoutImages
                  task={cell().task}
                  code={cell().code}
                  isTabStop={tabStop() === cell().task.id}
                  onFocus={() => setCurrent(cell().task.id)}
                />
              }
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
