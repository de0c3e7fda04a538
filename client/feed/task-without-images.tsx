import { createMemo, createSignal, Show } from 'solid-js';
import { isUnfinished, type Task } from '../api/task.ts';
import { EndedTaskDialog, endedMessage } from './ended-task.tsx';
import { useImageActions } from '../gallery/image-actions.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Icon } from '../ui/icons.tsx';
import { onPress } from '../ui/keys.ts';

/** In place of an image: unfinished, or why there is none and what can be done. */
export function TaskWithoutImages(props: {
  task: Task;
  code: string;
  /** Whether the Tab key stops here. */
  isTabStop: boolean;
  onFocus: () => void;
}) {
  return (
    <li class="task-image" onFocusIn={() => props.onFocus()}>
      <Show when={isUnfinished(props.task)} fallback={<EndedTask {...props} />}>
        <div class="task-image-box contact-outcome contact-waiting" title={props.task.prompt}>
          <strong>{lazyMessages.history.statuses.PROCESSING}</strong>
          <span dir="auto">{props.task.prompt}</span>
        </div>
      </Show>
      <span class="task-image-code code" aria-hidden="true">
        {props.code}
      </span>
    </li>
  );
}

/** A button that opens the reason and the actions: a cell has no room for them. */
function EndedTask(props: { task: Task; code: string; isTabStop: boolean }) {
  const actions = useImageActions();
  const [isOpen, setOpen] = createSignal(false);
  // It stays once it was open, as the browser gives the focus back when it closes.
  const wasOpen = createMemo((was: boolean) => was || isOpen(), false);
  const message = () => endedMessage(props.task);
  const onKeyDown = onPress((event) => {
    if (event.key !== 'Delete') return false;
    actions.remove([props.task]);
    return true;
  });
  return (
    <>
      <button
        // Before the keys of images, which listen further up.
        on:keydown={onKeyDown}
        type="button"
        class="task-image-box contact-outcome contact-ended"
        data-ended={props.task.id}
        tabIndex={props.isTabStop ? 0 : -1}
        title={[props.task.prompt, message().text].join('\n')}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <strong>{message().label}</strong>
        <span dir="auto">{props.task.prompt}</span>
        <span class="visually-hidden">{message().text}</span>
        <Icon name="more" />
      </button>
      <Show when={wasOpen()}>
        <EndedTaskDialog task={props.task} code={props.code} open={isOpen()} onClose={() => setOpen(false)} />
      </Show>
    </>
  );
}
