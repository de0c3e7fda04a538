/** Tasks by day, in the user's time zone. */
import { type Accessor, createMemo, createSignal, type JSX, onCleanup } from 'solid-js';
import type { Task } from '../api/task.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
import { ForKeyed } from '../ui/for-keyed.tsx';

export interface Day<DayTask = Task> {
  /** Identifies the day. */
  key: string;
  label: string;
  tasks: DayTask[];
}

/** The days of these tasks. A day stays in the page while its tasks change. */
export function Days(props: {
  tasks: readonly Task[];
  /** Whether today is shown first, even without tasks. */
  hasToday?: boolean;
  children: (day: Accessor<Day>, index: Accessor<number>) => JSX.Element;
}) {
  const today = createToday();
  const days = createMemo(() => {
    const found = groupByDay(props.tasks, today());
    const key = today().toDateString();
    if (!props.hasToday || found.some((day) => day.key === key)) return found;
    return [{ key, label: lazyMessages.feed.today, tasks: [] }, ...found];
  });
  return (
    <ForKeyed each={days()} keyOf={({ key }) => key}>
      {props.children}
    </ForKeyed>
  );
}

/** Groups tasks by day of creation; keeps their order. */
export function groupByDay<DayTask extends { createdAt: string }>(
  tasks: readonly DayTask[],
  now: Date,
): Day<DayTask>[] {
  const byDay = Map.groupBy(tasks, ({ createdAt }) => new Date(createdAt).toDateString());
  return [...byDay].map(([key, ofDay]) => {
    return { key, label: dayLabel(new Date(ofDay[0]!.createdAt), now), tasks: ofDay };
  });
}

function dayLabel(instant: Date, now: Date): string {
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (instant.toDateString() === now.toDateString()) return lazyMessages.feed.today;
  if (instant.toDateString() === yesterday.toDateString()) return lazyMessages.feed.yesterday;
  return messages.format.day(instant, instant.getFullYear() === now.getFullYear());
}

/** Timers stop while the device sleeps, so none is set for longer. */
const longestWaitMs = 60_000;

/** The current day in the user's time zone. Changes at midnight; ends with its owner. */
export function createToday(): Accessor<Date> {
  const [today, setToday] = createSignal(new Date(), {
    equals: (one, other) => one.toDateString() === other.toDateString(),
  });
  let timer: ReturnType<typeof setTimeout>;
  const update = () => {
    const now = new Date();
    setToday(now);
    const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
    timer = setTimeout(update, Math.min(longestWaitMs, midnight.getTime() - now.getTime()));
  };
  update();
  onCleanup(() => clearTimeout(timer));
  return today;
}
