/** Tasks as rows: what was asked for, of which model, how it ended, and what can be done. */
import { createMemo, createSignal, Show } from 'solid-js';
import { isUnfinished, type Task } from '../api/task.ts';
import { ContactRun, createRows, inRuns } from '../feed/contact-run.tsx';
import { EndedTaskActions, endedMessage } from '../feed/ended-task.tsx';
import { type GalleryItem, useImageActions } from '../gallery/image-actions.ts';
import { TaskImageTile } from '../gallery/task-image.tsx';
import './task-list.css';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { Button } from '../ui/button.tsx';
import { ForKeyed } from '../ui/for-keyed.tsx';

/** A task with its images as they are shown. */
export interface TaskRow {
  task: Task;
  code: string;
  items: readonly GalleryItem[];
}

export function TaskList(props: { label: string; rows: readonly TaskRow[] }) {
  const actions = useImageActions();
  let list: HTMLDivElement | undefined;
  const size = createRows(() => list, '.task-row');
  const runs = createMemo(() => inRuns(props.rows).map((rows, place) => ({ rows, place })));
  return (
    <div ref={list} class="task-list film" role="list" aria-label={props.label}>
      <ForKeyed each={runs()} keyOf={({ place }) => String(place)}>
        {(run) => (
          <ContactRun
            class="task-run"
            cells={run().rows.length}
            rows={size()}
            isNeeded={run().rows.some(({ task }) => task.images.some(({ id }) => actions.isOpen(id)))}
          >
            <ForKeyed each={run().rows} keyOf={({ task }) => task.id}>
              {(row) => <Row {...row()} />}
            </ForKeyed>
          </ContactRun>
        )}
      </ForKeyed>
    </div>
  );
}

function Row(props: TaskRow) {
  const actions = useImageActions();
  const [current, setCurrent] = createSignal(0);
  const outcome = () => {
    if (isUnfinished(props.task)) return lazyMessages.history.statuses.PROCESSING;
    return props.items.length > 0 ? undefined : endedMessage(props.task).label;
  };
  const facts = () =>
    [
      outcome(),
      props.task.model.label,
      lazyMessages.lightbox.spent(
        props.task.costCredits - props.task.refundedCredits,
        props.task.refundedCredits,
      ),
      messages.format.time(new Date(props.task.createdAt)),
    ]
      .filter(Boolean)
      .join(' · ');
  return (
    <li class="task-row" data-task={props.task.id} tabIndex={-1}>
      <span class="task-row-code code">{props.code}</span>
      <ul class="task-row-images" aria-label={lazyMessages.task.images(props.code)}>
        <ForKeyed each={props.items} keyOf={({ image }) => image.id}>
          {(item, place) => (
            <TaskImageTile
              item={item()}
              isTabStop={current() === place()}
              onFocus={() => setCurrent(place())}
            />
          )}
        </ForKeyed>
      </ul>
      <div class="task-row-text">
        <p class="task-row-prompt" dir="auto" title={props.task.prompt}>
          {props.task.prompt}
        </p>
        <p class="task-row-facts code">{facts()}</p>
      </div>
      <div class="task-row-actions">
        <Show when={!isUnfinished(props.task)}>
          <Show when={props.items.length > 0} fallback={<EndedTaskActions task={props.task} isOnFilm />}>
            <Button kind="film" onClick={() => actions.remix(props.task)}>
              {lazyMessages.image.remix}
            </Button>
            <Button kind="film" onClick={() => void actions.downloads.many(props.items)}>
              {lazyMessages.image.download}
            </Button>
            <Button kind="film" onClick={() => actions.remove([props.task])}>
              {lazyMessages.task.delete}
            </Button>
          </Show>
        </Show>
      </div>
    </li>
  );
}
