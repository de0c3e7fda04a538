import { type Accessor, createSignal, onCleanup } from 'solid-js';

/** Timers stand still while the device sleeps, so none is set for longer. */
const longestWaitMs = 60_000;

/** The present day in the viewer's time zone, as an instant in it. Changes at midnight; ends with its owner. */
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
