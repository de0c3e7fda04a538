import { createMemo, onMount } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { laterWords } from '../i18n/lazy-messages.ts';
import type { OutgoingRequest } from '../generate/submit/submission.ts';
import { useFrameTools } from '../gallery/image-actions.ts';
import { framesOf } from '../gallery/gallery-item.ts';
import { type FrameToolsNeeds, preloadLightbox, WithFrameTools } from '../gallery/image-actions-provider.tsx';
import { LoadMore } from './load-more.tsx';
import type { StripEvents } from '../gallery/task-card/task-card-actions.tsx';
import { copyDetails } from './copy-details.ts';
import { FeedDays } from './feed-days.tsx';
import type { Feed } from './feed.ts';
import { NewStrips } from './new-tasks.tsx';

export interface StripsProps extends FrameToolsNeeds, Omit<StripEvents, 'onCopyDetails'> {
  feed: Feed;
  outgoing: readonly OutgoingRequest[];
  isLive: boolean;
  isLost: (taskId: string) => boolean;
  /** Whether the server does not answer, so that nothing is known of what develops. */
  isAway: boolean;
}

/** The viewer's strips, newest first, with what came meanwhile above them and what is older below. */
export function Strips(props: StripsProps) {
  const { feed, toasts } = props;
  const frames = createMemo(() => framesOf(feed.tasks(), feed.codeOf));
  const events: StripEvents = {
    onCancel: props.onCancel,
    onRetry: props.onRetry,
    onEdit: props.onEdit,
    onOtherModel: props.onOtherModel,
    onCopyDetails: (task) => void copyDetails(task, feed.codeOf(task.id), toasts),
  };
  onMount(() => {
    if ('requestIdleCallback' in window) requestIdleCallback(() => void preloadLightbox());
  });

  return (
    <WithFrameTools {...props} frames={frames()} isBesideForm>
      <NewStrips tasks={feed.tasks()} />
      <FeedDays {...props} events={events} />
      <LoadMore state={feed.more()} onLoad={() => void feed.loadMore()} />
      <AllKeys />
    </WithFrameTools>
  );
}

function AllKeys() {
  const tools = useFrameTools();
  return (
    <p class="feed-end">
      <Button kind="quiet" opensDialog onClick={() => tools.showKeys()}>
        {laterWords.feed.allKeys} <kbd>?</kbd>
      </Button>
    </p>
  );
}
