const minuteMs = 60_000;
const hourMs = 3_600_000;

/** The pauses after failed attempts: at least a day in all, however short each turns out. */
const pausesMs = [
  5_000,
  30_000,
  2 * minuteMs,
  10 * minuteMs,
  30 * minuteMs,
  hourMs,
  2 * hourMs,
  4 * hourMs,
  9 * hourMs,
  10 * hourMs,
];

/**
 * The pause before the next attempt, in milliseconds, up to a tenth shorter or longer than the schedule, so that deliveries that failed
 * together are not all retried together; null where the delivery is given up.
 * @param failures Failed attempts before this one.
 * @param random 0 to 1.
 */
export function retryDelayMs(failures: number, random: number): number | null {
  const pauseMs = pausesMs[failures];
  return pauseMs === undefined ? null : Math.round(pauseMs * (0.9 + random / 5));
}
