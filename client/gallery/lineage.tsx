/** Links to the tasks that a task came from. */
import { useClient } from '@urql/solid';
import { createEffect, createSignal, For, on, onCleanup, Show } from 'solid-js';
import { type Ancestor, readLineage } from '../api/lineage.ts';
import type { Task } from '../api/task.ts';
import { useImageActions } from './image-actions.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';

/** "from 27", on the card of a task. */
export function FromParent(props: { task: Task }) {
  const { codeOf } = useImageActions();
  return (
    <Show when={props.task.parent}>
      {(parent) => (
        <>
          {' · '}
          <TaskLink id={parent().id} class="code">
            {lazyMessages.lineage.from(codeOf(parent().id))}
          </TaskLink>
        </>
      )}
    </Show>
  );
}

/** "27 ← 12": the nearest first. */
export function Lineage(props: { task: Task }) {
  const client = useClient();
  const { codeOf } = useImageActions();
  const [ancestors, setAncestors] = createSignal<readonly Ancestor[]>([]);
  createEffect(
    on([() => props.task.id, () => props.task.parent?.id], ([id, parentId]) => {
      let isOver = false;
      onCleanup(() => (isOver = true));
      setAncestors([]);
      if (parentId) void readLineage(client, id).then((found) => isOver || setAncestors(found));
    }),
  );
  const nameOf = ({ id, createdAt }: Ancestor) => codeOf(id) ?? messages.format.instant(new Date(createdAt));
  return (
    <Show when={ancestors().length > 0}>
      <nav class="lightbox-lineage" aria-label={lazyMessages.lineage.label}>
        <For each={ancestors()}>
          {(ancestor, index) => (
            <>
              <Show when={index() > 0}>
                <span aria-hidden="true">←</span>
              </Show>
              <TaskLink id={ancestor.id} class="code">
                {index() === 0 ? lazyMessages.lineage.from(nameOf(ancestor)) : nameOf(ancestor)}
              </TaskLink>
            </>
          )}
        </For>
      </nav>
    </Show>
  );
}

/** Leads to the card of the task, or to its own page where there is none here. */
function TaskLink(props: { id: string; class: string; children: string }) {
  const { leave } = useImageActions();
  return (
    <a
      class={props.class}
      href={`/history?task=${encodeURIComponent(props.id)}`}
      data-route
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
        const card = document.querySelector<HTMLElement>(`[data-task="${CSS.escape(props.id)}"]`);
        if (!card) return;
        event.preventDefault();
        leave();
        card.focus({ preventScroll: true });
        card.scrollIntoView({ block: 'center' });
      }}
    >
      {props.children}
    </a>
  );
}
