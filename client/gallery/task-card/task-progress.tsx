import { createMemo, createSignal, onCleanup } from 'solid-js';
import { currentProgress } from '../../api/progress.ts';
import type { Task } from '../../api/task.ts';
import { inSentence } from './task-error-messages.ts';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { messages } from '../../i18n/messages.ts';
import { liveText } from '../../ui/live-text.tsx';

/** The progress bar of an unfinished task. */
export function TaskProgress(props: {
  task: Task;
  code: string;
  /** Whether the server does not respond: the elapsed time then stops as well. */
  isAway: boolean;
}) {
  const [now, setNow] = createSignal(Date.now());
  const ticking = setInterval(() => !props.isAway && setNow(Date.now()), 1000);
  onCleanup(() => clearInterval(ticking));
  // An estimate may decrease; the bar does not. The remaining time belongs to the percentage.
  const furthest = createMemo<Task['progress']>((before) => {
    const progress = currentProgress(props.task, now());
    return before && (before.percent ?? 0) > (progress.percent ?? 0) ? before : { ...progress };
  });
  const shown = createMemo(() =>
    progressMessage({ ...props.task, progress: furthest() }, now(), { isAway: props.isAway }),
  );

  return (
    <div class="progress">
      <div
        class="ruler"
        classList={{ 'ruler-unknown': shown().percent === undefined }}
        role="progressbar"
        aria-label={lazyMessages.progress.label(props.code)}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={shown().percent}
        aria-valuetext={shown().spoken}
      >
        <div class="ruler-fill" style={{ '--percent': `${shown().percent ?? 0}%` }} />
      </div>
      <p class="progress-text" aria-hidden="true">
        <span class="progress-figure code" ref={liveText(() => shown().progress)} />
        <span class="code" ref={liveText(() => shown().time)} />
      </p>
    </div>
  );
}

/** The fields that progress is derived from. */
type Progressing = Pick<Task, 'status' | 'progress' | 'startedAt' | 'createdAt' | 'provider'>;

/** After this time the provider is busy. */
const busyAfterMs = 5_000;

interface ProgressMessage {
  /** Undefined if there is no reliable figure. */
  percent: number | undefined;
  /** Left of the progress bar: the percentage. */
  progress: string;
  /** Right of the progress bar: the time left. Empty if unknown. */
  time: string;
  /** All of it for screen readers. */
  spoken: string;
}

const steps = [5, 10, 15, 20, 30, 45] as const;

/** Rounds an estimate up to a step, beyond the steps to half a minute, so that it does not pretend to be exact. */
export function etaStep(etaSeconds: number): number {
  return steps.find((step) => etaSeconds <= step) ?? Math.ceil(etaSeconds / 30) * 30;
}

/**
 * @param now Milliseconds since the epoch.
 * @param isAway Whether the server does not respond: the last figure stays, without a time.
 */
export function progressMessage(task: Progressing, now: number, { isAway = false } = {}): ProgressMessage {
  const texts = lazyMessages.progress;
  if (task.status === 'PENDING') {
    const isBusy = now - Date.parse(task.createdAt) > busyAfterMs;
    const waiting = isBusy ? texts.stillWaiting(inSentence(task)) : texts.waiting;
    const time = isAway ? texts.away : '';
    return { percent: undefined, progress: waiting, time, spoken: joined(waiting, time) };
  }
  const { percent, source, etaSeconds } = task.progress;
  const isEstimate = source === 'ESTIMATE';
  const eta = etaSeconds === null || isAway ? undefined : etaStep(etaSeconds);
  const elapsedMs = now - Date.parse(task.startedAt ?? task.createdAt);
  const timeText = () => {
    if (isAway) return texts.away;
    if (eta !== undefined) return texts.left(eta);
    if (percent === null) return texts.elapsed(Math.max(0, Math.round(elapsedMs / 1000)));
    // An estimate has a time left until it is overdue.
    return isEstimate ? texts.late : '';
  };
  const time = timeText();
  const spokenTime = eta === undefined ? time : texts.leftSpoken(eta);
  if (percent === null) return { percent: undefined, progress: '', time, spoken: spokenTime };
  const estimated = isEstimate ? texts.estimated : '';
  return {
    percent,
    progress: isEstimate
      ? `${messages.format.percent(percent)} ${estimated}`
      : messages.format.percent(percent),
    time,
    spoken: joined(texts.percentSpoken(percent), estimated, spokenTime),
  };
}

function joined(...parts: string[]): string {
  return parts.filter(Boolean).join(', ');
}
