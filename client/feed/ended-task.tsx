/** A task that ended without images: why, and what can be done. */
import { createUniqueId, Show } from 'solid-js';
import type { Task } from '../api/task.ts';
import './ended-task.css';
import { useImageActions } from '../gallery/image-actions.ts';
import { createOffers } from '../gallery/repeat-actions.tsx';
import { partialResultMessage, taskErrorMessage } from '../gallery/task-card/task-error-messages.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';

/** The outcome in a word, and the reason in a sentence or two. */
export function endedMessage(task: Task): { label: string; text: string } {
  if (task.status === 'SUCCESS')
    return { label: lazyMessages.task.imageRemoved, text: partialResultMessage(task) ?? '' };
  const label = lazyMessages.history.statuses[task.status === 'CANCELED' ? 'CANCELED' : 'FAILED'];
  return { label, text: taskErrorMessage(task).text };
}

/** Whether the same request once more may succeed: always after a cancellation, else if the failure says so. */
function mayRetry({ status, failure, removedReferences }: Task): boolean {
  return (status === 'CANCELED' || failure?.retryable === true) && removedReferences === 0;
}

export function EndedTaskDialog(props: { task: Task; code: string; open: boolean; onClose: () => void }) {
  const headingId = createUniqueId();
  const message = () => endedMessage(props.task);
  return (
    <Dialog open={props.open} labelledBy={headingId} onClose={() => props.onClose()}>
      <div class="ended-task">
        <div class="ended-task-head">
          <h2 id={headingId}>{lazyMessages.removal.ended(props.code, message().label)}</h2>
          <IconButton icon="close" label={lazyMessages.app.close} onClick={() => props.onClose()} />
        </div>
        <p>{message().text}</p>
        <p class="ended-task-prompt" dir="auto">
          {props.task.prompt}
        </p>
        <p class="hint">{props.task.model.label}</p>
        <div class="ended-task-actions">
          <EndedTaskActions task={props.task} onDone={() => props.onClose()} />
        </div>
      </div>
    </Dialog>
  );
}

/** The buttons for such a task: once more, at the price that the button shows, and delete. */
export function EndedTaskActions(props: {
  task: Task;
  /** On black. */
  isOnFilm?: boolean;
  /** Called with a press. */
  onDone?: () => void;
}) {
  const actions = useImageActions();
  return (
    <>
      <Show when={mayRetry(props.task)}>
        <Retry {...props} />
      </Show>
      <Button
        kind={props.isOnFilm ? 'film' : 'plain'}
        class="ended-task-delete"
        onClick={() => {
          props.onDone?.();
          actions.remove([props.task]);
        }}
      >
        {lazyMessages.task.delete}
      </Button>
    </>
  );
}

function Retry(props: { task: Task; isOnFilm?: boolean; onDone?: () => void }) {
  const actions = useImageActions();
  const offers = createOffers(() => props.task);
  const own = () => offers()?.find(({ model }) => model.id === props.task.model.id);
  return (
    <Show when={!offers() || own()} fallback={<p class="hint">{lazyMessages.removal.noRetry}</p>}>
      <Button
        kind={props.isOnFilm ? 'film-strong' : 'plain'}
        class="ended-task-retry"
        busy={!own()}
        onClick={() => {
          if (!own()) return;
          props.onDone?.();
          actions.retry(props.task);
        }}
      >
        {lazyMessages.removal.retry(own()?.costCredits)}
      </Button>
    </Show>
  );
}
