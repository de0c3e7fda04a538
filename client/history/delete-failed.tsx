import type { Client } from '@urql/core';
import { type Accessor, createMemo, createSignal, Show } from 'solid-js';
import type { TaskFilter } from '../api/generated/graphql.ts';
import type { Task } from '../api/task.ts';
import './delete-failed.css';
import { createFailedCount, failedStatus, findFailedTasks } from './failed-tasks.ts';
import type { TaskActions } from '../feed/task-actions.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';
import type { Toasts } from '../ui/toasts.tsx';
import { whenLoaded } from '../ui/when-loaded.ts';

/** Deletes all failed tasks that the filter finds, where some are among those shown; the button says how many. */
export function DeleteFailed(props: {
  client: Client;
  toasts: Toasts;
  filter: TaskFilter;
  /** The tasks that are loaded, with those that are hidden. */
  tasks: readonly Task[];
  isHidden: (taskId: string) => boolean;
  actions: Accessor<TaskActions | undefined>;
  changes: () => unknown;
}) {
  const status = () => failedStatus(props.filter);
  const loaded = createMemo(() => props.tasks.filter((task) => task.status === status()));
  const shown = createMemo(() => loaded().filter(({ id }) => !props.isHidden(id)).length);
  /** Undefined where none of them is shown. */
  const filter = createMemo((): TaskFilter | undefined => {
    const wanted = status();
    return wanted && shown() > 0 ? { ...props.filter, status: [wanted] } : undefined;
  });
  const found = createFailedCount({ client: props.client, filter, changes: () => props.changes() });
  /** The server counts those that are hidden, and not those that failed since. */
  const count = () => Math.max((found() ?? 0) - (loaded().length - shown()), shown());
  const [isSearching, setSearching] = createSignal(false);

  const remove = async () => {
    const wanted = filter();
    if (isSearching() || !wanted) return;
    setSearching(true);
    const ids = await findFailedTasks(props.client, wanted);
    setSearching(false);
    if (!ids) return void props.toasts.show({ text: lazyMessages.removal.notFound, kind: 'error' });
    whenLoaded(props.actions, (actions) => {
      actions.removeAll(ids.filter((id) => !props.isHidden(id)));
      // The pressed button is gone.
      if (document.activeElement === document.body)
        document.getElementById('feed')?.focus({ preventScroll: true });
    });
  };

  return (
    <Show when={filter() && found() !== undefined}>
      <Button kind="quiet" busy={isSearching()} onClick={() => void remove()}>
        {status() === 'CANCELED'
          ? lazyMessages.removal.deleteCancelled(count())
          : lazyMessages.removal.deleteFailed(count())}
      </Button>
    </Show>
  );
}
