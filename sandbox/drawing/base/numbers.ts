/** A coordinate, short enough to keep documents of thousands of points small. */
export function at(value: number): string {
  return value.toFixed(1);
}

/** 0 below `low`, 1 above `high`, smooth in between. */
export function smoothstep(low: number, high: number, value: number): number {
  const position = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return position * position * (3 - 2 * position);
}
