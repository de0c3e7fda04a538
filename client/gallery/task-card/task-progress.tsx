import { createMemo, createSignal, onCleanup } from 'solid-js';
import type { Task } from '../../api/task.ts';
import { inSentence } from './task-error-messages.ts';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
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

/** Progress as a ruler. Without a percentage it shows activity only. */
function ProgressRuler(props: {
  label: string;
  /** 0 to 100; undefined if unknown. */
  percent: number | undefined;
  /** The text for screen readers. */
  valueText: string;
}) {
  return (
    <div
      class="ruler"
      classList={{ 'ruler-unknown': props.percent === undefined }}
      role="progressbar"
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={props.percent}
      aria-valuetext={props.valueText}
    >
      <div class="ruler-fill" style={{ '--percent': `${props.percent ?? 0}%` }} />
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
  if (task.status === 'PENDING') {
    const isBusy = now - Date.parse(task.createdAt) > busyAfterMs;
    const waiting = isBusy
      ? lazyMessages.progress.stillWaiting(inSentence(task))
      : lazyMessages.progress.waiting;
    const time = isAway ? lazyMessages.progress.away : '';
    return {
      percent: undefined,
      progress: waiting,
      time,
      spoken: [waiting, time].filter(Boolean).join(', '),
    };
  }
  const { percent, source, etaSeconds } = task.progress;
  const isEstimate = source === 'ESTIMATE';
  const eta = etaSeconds === null || isAway ? undefined : etaStep(etaSeconds);
  // An estimate has a time left until it is overdue.
  const isLate = isEstimate && percent !== null && etaSeconds === null;
  const elapsed = lazyMessages.progress.elapsed(
    Math.max(0, Math.round((now - Date.parse(task.startedAt ?? task.createdAt)) / 1000)),
  );
  const time = isAway
    ? lazyMessages.progress.away
    : eta !== undefined
      ? lazyMessages.progress.left(eta)
      : isLate
        ? lazyMessages.progress.late
        : percent === null
          ? elapsed
          : '';
  const spokenTime = eta === undefined ? time : lazyMessages.progress.leftSpoken(eta);
  if (percent === null) return { percent: undefined, progress: '', time, spoken: spokenTime };
  const figure = lazyMessages.progress.percent(percent);
  const spokenParts = [
    lazyMessages.progress.percentSpoken(percent),
    isEstimate && lazyMessages.progress.estimated,
    spokenTime,
  ];
  return {
    percent,
    progress: isEstimate ? `${figure} ${lazyMessages.progress.estimated}` : figure,
    time,
    spoken: spokenParts.filter(Boolean).join(', '),
  };
}
