/** Tasks by day as dense strips: every image a small frame, and a place for each task that has none. */
import { createMemo, createSignal, createUniqueId, For, Show } from 'solid-js';
import { laterWords } from '../i18n/lazy-messages.ts';
import { createToday } from '../feed/today.ts';
import { groupByDay } from '../feed/days.ts';
import type { FrameOf } from '../gallery/gallery-item.ts';
import { failureWords } from '../gallery/task-card/task-error-messages.ts';
import { Frame } from '../gallery/task-image/task-image.tsx';
import { isUnfinished, type Task } from '../api/task.ts';

interface HistoryDaysProps {
  tasks: readonly Task[];
  /** The frames of a task that are to be seen. */
  framesOf: (task: Task) => readonly FrameOf[];
  codeOf: (task: Task) => string;
  /** Whether tasks without images have a place as well. */
  hasVerdicts: boolean;
}

export function HistoryDays(props: HistoryDaysProps) {
  const today = createToday();
  const days = createMemo(() => groupByDay(props.tasks, today()));
  // Strings keep the days in the page while their tasks change.
  const keys = createMemo(() => days().map((day) => day.key));
  return (
    <For each={keys()}>
      {(key) => {
        const headingId = createUniqueId();
        const label = () => days().find((day) => day.key === key)?.label ?? '';
        const tasks = createMemo(() => {
          const ids = new Set(days().find((day) => day.key === key)?.taskIds);
          return props.tasks.filter((task) => ids.has(task.id));
        });
        const frameCount = () => tasks().reduce((sum, task) => sum + props.framesOf(task).length, 0);
        return (
          <section class="day" aria-labelledby={headingId}>
            <div class="day-head">
              <h2 id={headingId}>{label()}</h2>
              <span class="day-count">{laterWords.history.frames(frameCount())}</span>
            </div>
            <ContactStrip {...props} tasks={tasks()} label={laterWords.history.framesOfDay(label())} />
          </section>
        );
      }}
    </For>
  );
}

function ContactStrip(props: HistoryDaysProps & { label: string }) {
  const cells = createMemo(() => {
    const found = new Map<string, { task: Task; frame: FrameOf | undefined }>();
    for (const task of props.tasks) {
      for (const frame of props.framesOf(task)) found.set(frame.image.id, { task, frame });
      if (task.images.length === 0 && props.hasVerdicts) found.set(task.id, { task, frame: undefined });
    }
    return found;
  });
  // Strings keep the frames in the page while their tasks change.
  const keys = createMemo(() => [...cells().keys()]);
  const [current, setCurrent] = createSignal<string>();
  const tabStop = createMemo(() => {
    const known = current();
    if (known !== undefined && cells().get(known)?.frame) return known;
    return keys().find((key) => cells().get(key)?.frame);
  });

  return (
    <ul class="contact-sheet film" aria-label={props.label}>
      <For each={keys()}>
        {(key) => (
          <Show when={cells().get(key)}>
            {(cell) => (
              <Show
                when={cell().frame}
                fallback={<Verdict task={cell().task} code={props.codeOf(cell().task)} />}
              >
                {(frame) => (
                  <Frame frame={frame()} isTabStop={tabStop() === key} onFocus={() => setCurrent(key)} />
                )}
              </Show>
            )}
          </Show>
        )}
      </For>
    </ul>
  );
}

/** In place of an image: that it develops, or why there is none. */
function Verdict(props: { task: Task; code: string }) {
  const verdict = () => {
    if (isUnfinished(props.task)) return laterWords.history.statuses.PROCESSING;
    return laterWords.history.statuses[props.task.status === 'CANCELED' ? 'CANCELED' : 'FAILED'];
  };
  const reason = () => (isUnfinished(props.task) ? '' : failureWords(props.task).text);
  return (
    <li class="frame" title={[props.task.prompt, reason()].filter(Boolean).join('\n')}>
      <div class="frame-box contact-verdict" classList={{ 'contact-waiting': isUnfinished(props.task) }}>
        <strong>{verdict()}</strong>
        <span dir="auto">{props.task.prompt}</span>
        <span class="visually-hidden">{reason()}</span>
      </div>
      <span class="frame-code code" aria-hidden="true">
        {props.code}
      </span>
    </li>
  );
}
