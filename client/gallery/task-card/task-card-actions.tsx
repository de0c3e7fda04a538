/** What can be done with a request whose end is known. */
import { createMemo, Show } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { laterWords } from '../../i18n/lazy-messages.ts';
import { useFrameTools } from '../image-actions.ts';
import { framesOf } from '../gallery-item.ts';
import type { Task } from '../../api/task.ts';
import { isOfProvider } from './task-error-messages.ts';
import { MoreActions } from './more-actions.tsx';

export interface StripEvents {
  onCancel: (task: Task) => void;
  onRetry: (task: Task) => void;
  onEdit: (task: Task) => void;
  onOtherModel: (task: Task) => void;
  /** Puts what support needs to know of it on the clipboard. */
  onCopyDetails: (task: Task) => void;
}

/** What the parts of a strip are made of. */
export interface StripProps extends StripEvents {
  task: Task;
  code: string;
}

/** For one that has its pictures. */
export function DoneActions(props: StripProps) {
  const tools = useFrameTools();
  const frames = createMemo(() => framesOf([props.task], () => props.code));
  return (
    <>
      <Button kind="film" onClick={() => tools.remix(props.task)}>
        <Icon name="remix" />
        <span class="action-words">{laterWords.strip.remix}</span>
      </Button>
      <Show when={frames().length > 0}>
        <Button
          kind="film"
          busy={tools.downloads.isCollecting()}
          onClick={() => void tools.downloads.many(frames(), `proofsheet-${props.code}`)}
        >
          <Icon name="download" />
          <span class="action-words">{laterWords.strip.download(frames().length)}</span>
        </Button>
      </Show>
      <MoreActions code={props.code}>
        <Button kind="film" onClick={() => props.onEdit(props.task)}>
          {laterWords.strip.editPrompt}
        </Button>
        <CommonActions {...props} />
      </MoreActions>
    </>
  );
}

/** For one that failed or was cancelled. */
export function FailedActions(props: StripProps) {
  /** A cancelled request can be made after all; a failed one only where it may end better. */
  const mayRetry = () => props.task.status === 'CANCELED' || props.task.failure?.retryable;
  return (
    <>
      <Show when={mayRetry()}>
        <Button kind="film-strong" onClick={() => props.onRetry(props.task)}>
          {laterWords.strip.tryAgain}
        </Button>
      </Show>
      <Button
        kind={mayRetry() ? 'film' : 'film-strong'}
        onClick={() => (isOfProvider(props.task) ? props.onOtherModel : props.onEdit)(props.task)}
      >
        {isOfProvider(props.task) ? laterWords.strip.otherModel : laterWords.strip.editPrompt}
      </Button>
      <MoreActions code={props.code}>
        <CommonActions {...props} />
      </MoreActions>
    </>
  );
}

function CommonActions(props: StripProps) {
  const tools = useFrameTools();
  return (
    <>
      <Button kind="film" onClick={() => props.onCopyDetails(props.task)}>
        {laterWords.strip.copyDetails}
      </Button>
      <Button kind="film" onClick={() => tools.remove([props.task])}>
        {laterWords.strip.delete}
      </Button>
    </>
  );
}
