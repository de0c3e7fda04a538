import { createMemo, createSignal, onCleanup, Show } from 'solid-js';
import { ProgressRuler } from '../../ui/progress-ruler.tsx';
import { laterWords } from '../../ui/words-later.ts';
import type { Task } from '../task.ts';
import { progressWords } from './progress-words.ts';

/** The ruler under a strip that develops. */
export function TaskProgress(props: { task: Task; code: string }) {
  const [now, setNow] = createSignal(Date.now());
  const ticking = setInterval(() => setNow(Date.now()), 1000);
  onCleanup(() => clearInterval(ticking));
  // It never falls, whatever is heard.
  const highest = createMemo<number | null>((before) => {
    const { percent } = props.task.progress;
    return percent === null || before === null ? (percent ?? before) : Math.max(percent, before);
  }, null);
  const shown = createMemo(() => {
    const { task } = props;
    return progressWords({ ...task, progress: { ...task.progress, percent: highest() } }, now());
  });

  return (
    <div class="progress">
      <ProgressRuler
        label={laterWords.progress.label(props.code)}
        percent={shown().percent}
        valueText={shown().spoken}
      />
      <p class="progress-words" aria-hidden="true">
        <span class="progress-figure code">{shown().progress}</span>
        <Show when={shown().time}>
          <span class="code">{shown().time}</span>
        </Show>
      </p>
    </div>
  );
}
