import { type Accessor, createSignal, onCleanup } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';

export interface Day {
  /** Identifies the day. */
  key: string;
  label: string;
  taskIds: string[];
}

/** Groups tasks by day of creation, in the user's time zone; keeps their order. */
export function groupByDay(tasks: readonly { id: string; createdAt: string }[], now: Date): Day[] {
  const days = new Map<string, Day>();
  for (const { id, createdAt } of tasks) {
    const instant = new Date(createdAt);
    const key = instant.toDateString();
    const day = days.get(key) ?? { key, label: dayLabel(instant, now), taskIds: [] };
    day.taskIds.push(id);
    days.set(key, day);
  }
  return [...days.values()];
}

function dayLabel(instant: Date, now: Date): string {
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (instant.toDateString() === now.toDateString()) return lazyMessages.feed.today;
  if (instant.toDateString() === yesterday.toDateString()) return lazyMessages.feed.yesterday;
  return lazyMessages.feed.day(instant, instant.getFullYear() === now.getFullYear());
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
