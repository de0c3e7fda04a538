import { createEffect, createMemo, createSignal, onCleanup, Show } from 'solid-js';
import { currentProgress } from '../api/progress.ts';
import { isUnfinished, type Task } from '../api/task.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { liveText } from '../ui/live-text.tsx';

/** As much of the feed as progress is read from. */
export interface ProgressingFeed {
  tasks(): readonly Task[];
  codeOf(taskId: string): string;
}

/** One line about what is developing, the oldest first, where the bar or the sheet covers its card. */
export function SheetProgress(props: { feed: ProgressingFeed }) {
  const unfinished = createMemo(() => props.feed.tasks().filter(isUnfinished));
  const oldest = () => unfinished().at(-1);
  const [now, setNow] = createSignal(Date.now());
  createEffect(() => {
    if (!oldest()) return;
    const ticking = setInterval(() => setNow(Date.now()), 1000);
    onCleanup(() => clearInterval(ticking));
  });
  /** An estimate may decrease; what is shown does not. */
  const furthest = createMemo<{ id: string; percent: number } | undefined>((before) => {
    const task = oldest();
    if (!task) return undefined;
    const percent = currentProgress(task, now()).percent ?? 0;
    return { id: task.id, percent: before?.id === task.id ? Math.max(before.percent, percent) : percent };
  });
  const text = () => {
    const shown = furthest();
    if (!shown) return '';
    const code = props.feed.codeOf(shown.id);
    return lazyMessages.phone.developing(code, shown.percent || undefined, unfinished().length - 1);
  };
  // Screen readers hear of it from the announcer of the page.
  return (
    <Show when={furthest()}>
      <p class="sheet-progress" ref={liveText(text)} />
    </Show>
  );
}
