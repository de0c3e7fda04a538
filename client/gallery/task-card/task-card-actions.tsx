/** Actions of a task that has ended. */
import { createEffect, createSignal, createUniqueId, type JSX, onCleanup, Show } from 'solid-js';
import type { Task } from '../../api/task.ts';
import { type GalleryItem, useImageActions } from '../image-actions.ts';
import { RepeatActions } from '../repeat-actions.tsx';
import { isOfProvider } from './task-error-messages.ts';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { messages } from '../../i18n/messages.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';

export interface TaskCardEvents {
  onCancel: (task: Task) => void;
  onRetry: (task: Task) => void;
  onEdit: (task: Task) => void;
  onOtherModel: (task: Task) => void;
  /** Copies what support needs to find the task. */
  onCopyDetails: (task: Task) => void;
}

/** Props of the parts of a task card. */
export interface TaskCardProps extends TaskCardEvents {
  task: Task;
  code: string;
}

/** For a successful task. */
export function DoneActions(props: TaskCardProps & { items: readonly GalleryItem[] }) {
  const actions = useImageActions();
  return (
    <>
      <Button kind="film" onClick={() => actions.remix(props.task)}>
        <Icon name="remix" />
        <span class="action-text">{lazyMessages.image.remix}</span>
      </Button>
      <Show when={props.items.length > 0}>
        <Button
          kind="film"
          busy={actions.downloads.isCollecting()}
          onClick={() => void actions.downloads.many(props.items, `proofsheet-${props.code}`)}
        >
          <Icon name="download" />
          <span class="action-text">{lazyMessages.task.download(props.items.length)}</span>
        </Button>
      </Show>
      <MoreActions {...props}>
        <RepeatActions task={props.task} />
        <Button kind="film" onClick={() => props.onEdit(props.task)}>
          {lazyMessages.task.editPrompt}
        </Button>
        <Show when={props.items.length > 0}>
          <Button kind="film" opensDialog onClick={() => actions.share(props.task)}>
            {lazyMessages.image.share}
          </Button>
        </Show>
      </MoreActions>
    </>
  );
}

/** For a failed or cancelled task. */
export function FailedActions(props: TaskCardProps) {
  /** A cancelled task can always be retried, a failed one only if a retry may succeed. */
  const mayRetry = () => props.task.status === 'CANCELED' || props.task.failure?.retryable;
  return (
    <>
      <Show when={mayRetry()}>
        <Button kind="film-strong" onClick={() => props.onRetry(props.task)}>
          {messages.app.tryAgain}
        </Button>
      </Show>
      <Button
        kind={mayRetry() ? 'film' : 'film-strong'}
        onClick={() => (isOfProvider(props.task) ? props.onOtherModel : props.onEdit)(props.task)}
      >
        {isOfProvider(props.task) ? lazyMessages.task.otherModel : lazyMessages.task.editPrompt}
      </Button>
      <MoreActions {...props} />
    </>
  );
}

/** What is rarely needed, behind a quiet "More". Closes with Esc, with a press elsewhere, and when focus leaves it. */
function MoreActions(props: TaskCardProps & { children?: JSX.Element }) {
  const actions = useImageActions();
  const id = createUniqueId();
  const [isOpen, setOpen] = createSignal(false);
  let root: HTMLDivElement | undefined;
  let button: HTMLButtonElement | undefined;
  const onPress = (event: Event) => {
    if (!root?.contains(event.target as Node)) setOpen(false);
  };
  // Only while it is open: each task card has one.
  createEffect(() => {
    if (!isOpen()) return;
    document.addEventListener('pointerdown', onPress);
    onCleanup(() => document.removeEventListener('pointerdown', onPress));
  });

  const close = () => {
    // The pressed button goes with the list; a dialog that it opens gives the focus back to this one.
    if (root?.contains(document.activeElement)) button?.focus();
    setOpen(false);
  };

  return (
    <div
      ref={root}
      class="more"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen()) return;
        event.stopPropagation();
        setOpen(false);
        button?.focus();
      }}
      onFocusOut={(event) => {
        if (event.relatedTarget && !root?.contains(event.relatedTarget as Node)) setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        class="button button-film"
        aria-label={lazyMessages.task.moreOf(props.code)}
        aria-expanded={isOpen()}
        aria-controls={id}
        onClick={() => setOpen((was) => !was)}
      >
        {lazyMessages.task.more}
      </button>
      <Show when={isOpen()}>
        <div class="more-list" id={id} onClick={close}>
          {props.children}
          <Show when={props.task.removedReferences === 0}>
            <Button kind="film" opensDialog onClick={() => actions.copyAsApiCall(props.task)}>
              {lazyMessages.apiCall.open}
            </Button>
          </Show>
          <Button kind="film" onClick={() => props.onCopyDetails(props.task)}>
            {lazyMessages.task.copyDetails}
          </Button>
          <Button kind="film" onClick={() => actions.remove([props.task])}>
            {lazyMessages.task.delete}
          </Button>
        </div>
      </Show>
    </div>
  );
}
