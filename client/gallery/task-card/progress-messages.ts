/** What is told of progress: a percentage with what it rests on, and how long it will still take, in steps. */
import { laterWords } from '../../i18n/lazy-messages.ts';
import type { Task } from '../../api/task.ts';
import { inSentence } from './task-error-messages.ts';

type Progressing = Pick<Task, 'status' | 'progress' | 'startedAt' | 'createdAt' | 'provider'>;

/** A provider that has not begun by now lets others go first. */
const busyAfterMs = 5_000;

interface ProgressWords {
  /** Undefined where no honest figure can be given. */
  percent: number | undefined;
  /** Beside the ruler, left: how far. */
  progress: string;
  /** Beside the ruler, right: how long. Empty where nothing can be said. */
  time: string;
  /** The whole of it for a screen reader. */
  spoken: string;
}

const steps = [5, 10, 15, 20, 30, 45] as const;

/** An estimate is told in steps, and in half minutes beyond them, so that it does not pretend to be exact. */
export function etaStep(etaSeconds: number): number {
  return steps.find((step) => etaSeconds <= step) ?? Math.ceil(etaSeconds / 30) * 30;
}

/**
 * @param now Milliseconds since the epoch.
 * @param isAway Whether the server does not answer: the last figure stands, and no time is promised.
 */
export function progressWords(task: Progressing, now: number, { isAway = false } = {}): ProgressWords {
  if (task.status === 'PENDING') {
    const isBusy = now - Date.parse(task.createdAt) > busyAfterMs;
    const waiting = isBusy ? laterWords.progress.stillWaiting(inSentence(task)) : laterWords.progress.waiting;
    const time = isAway ? laterWords.progress.away : '';
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
  const elapsed = laterWords.progress.elapsed(
    Math.max(0, Math.round((now - Date.parse(task.startedAt ?? task.createdAt)) / 1000)),
  );
  const time = isAway
    ? laterWords.progress.away
    : eta !== undefined
      ? laterWords.progress.left(eta)
      : isLate
        ? laterWords.progress.late
        : percent === null
          ? elapsed
          : '';
  const spokenTime = eta === undefined ? time : laterWords.progress.leftSpoken(eta);
  if (percent === null) return { percent: undefined, progress: '', time, spoken: spokenTime };
  const figure = laterWords.progress.percent(percent);
  const spokenParts = [
    laterWords.progress.percentSpoken(percent),
    isEstimate && laterWords.progress.estimated,
    spokenTime,
  ];
  return {
    percent,
    progress: isEstimate ? `${figure} ${laterWords.progress.estimated}` : figure,
    time,
    spoken: spokenParts.filter(Boolean).join(', '),
  };
}
