import { createMemo, createSignal, Show } from 'solid-js';
import { isUnfinished, type Task } from '../api/task.ts';
import { ContactRun, createRows, inRuns } from './contact-run.tsx';
import { type GalleryItem, useImageActions } from '../gallery/image-actions.ts';
import { TaskImageTile } from '../gallery/task-image.tsx';
import { TaskWithoutImages } from './task-without-images.tsx';
import { messages } from '../i18n/messages.ts';
import { ForKeyed } from '../ui/for-keyed.tsx';

/** An image, or the place of a task without images. */
export type ContactCell = GalleryItem | { task: Task; code: string; image?: never };

export function isImage(cell: ContactCell): cell is GalleryItem {
  return cell.image !== undefined;
}

/** Images as a dense grid. */
export function ContactSheet(props: { label: string; cells: readonly ContactCell[] }) {
  const actions = useImageActions();
  let sheet: HTMLDivElement | undefined;
  const rows = createRows(() => sheet);
  const runs = createMemo(() => inRuns(props.cells).map((cells, place) => ({ cells, place })));

  return (
    <Show when={props.cells.length > 0}>
      <div ref={sheet} class="contact-sheet film" role="list" aria-label={props.label}>
        <ForKeyed each={runs()} keyOf={({ place }) => String(place)}>
          {(run) => (
            <ContactRun
              cells={run().cells.length}
              rows={rows()}
              isNeeded={run().cells.some(({ image }) => image && actions.isOpen(image.id))}
            >
              <Cells cells={run().cells} />
            </ContactRun>
          )}
        </ForKeyed>
      </div>
    </Show>
  );
}

/** They are one tab stop; the arrow keys move on from there. */
function Cells(props: { cells: readonly ContactCell[] }) {
  const [current, setCurrent] = createSignal<string>();
  const keyOf = ({ task, image }: ContactCell) => image?.id ?? task.id;
  const tabStop = createMemo(() => {
    const keys = props.cells.filter((cell) => isImage(cell) || !isUnfinished(cell.task)).map(keyOf);
    return keys.find((key) => key === current()) ?? keys[0];
  });
  return (
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
      <div class="contact-sheet film" aria-hidden="true">
        <ul class="contact-run">
          {Array.from({ length: 16 }, () => (
            <li class="task-image">
              <div class="task-image-box contact-waiting" />
              <span class="task-image-code code">{'\u00a0'}</span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
