import { createMemo, createSignal, onCleanup, Show } from 'solid-js';
import { ProgressRuler } from '../../ui/progress-ruler.tsx';
import { words } from '../../ui/words.ts';
import type { Task } from '../task.ts';
import { progressWords } from './progress-words.ts';

/** The ruler under a strip that develops. */
export function TaskProgress(props: { task: Task; code: string }) {
  const [now, setNow] = createSignal(Date.now());
  const ticking = setInterval(() => setNow(Date.now()), 1000);
  onCleanup(() => clearInterval(ticking));
  const shown = createMemo(() => progressWords(props.task, now()));

  return (
    <div class="progress">
      <ProgressRuler
        label={words.progress.label(props.code)}
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
