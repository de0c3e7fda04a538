import { createMemo, createSignal, onCleanup } from 'solid-js';
import { liveText } from '../../ui/live-text.ts';
import { ProgressRuler } from '../../ui/progress-ruler.tsx';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import type { Task } from '../../api/task.ts';
import { progressMessage } from './progress-messages.ts';

/** The ruler under a strip that develops. */
export function TaskProgress(props: {
  task: Task;
  code: string;
  /** Whether the server does not answer: time then stands still here as well. */
  isAway: boolean;
}) {
  const [now, setNow] = createSignal(Date.now());
  const ticking = setInterval(() => !props.isAway && setNow(Date.now()), 1000);
  onCleanup(() => clearInterval(ticking));
  // It never falls, whatever is heard; its remaining time belongs to it.
  const furthest = createMemo<Task['progress']>((before) => {
    const { progress } = props.task;
    return before && (before.percent ?? 0) > (progress.percent ?? 0) ? before : { ...progress };
  });
  const shown = createMemo(() =>
    progressMessage({ ...props.task, progress: furthest() }, now(), { isAway: props.isAway }),
  );

  return (
    <div class="progress">
      <ProgressRuler
        label={lazyMessages.progress.label(props.code)}
        percent={shown().percent}
        valueText={shown().spoken}
      />
      <p class="progress-text" aria-hidden="true">
        <span class="progress-figure code" ref={liveText(() => shown().progress)} />
        <span class="code" ref={liveText(() => shown().time)} />
      </p>
    </div>
  );
}
