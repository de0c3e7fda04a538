/**
 * How far a prediction is, read from its logs: the last line with a percentage, as tqdm writes it. The SDK's own parser
 * fails on lines joined by a carriage return and on a description before the bar. Undefined where the logs have none:
 * many models write nothing of the kind, and tqdm writes `4it [00:00, 5.5it/s]` where it knows no total.
 */
export function progressPercent(logs: unknown): number | undefined {
  if (typeof logs !== 'string') return undefined;
  const lines = logs.slice(-16_384).split(/[\r\n]+/);
  for (const line of lines.toReversed()) {
    const percent = percentOf(line);
    if (percent !== undefined) return percent;
  }
  return undefined;
}

/** Of `Denoising:  75%|███▌ | 3/4 […]` or `progress 75%`, but not of `used 50% of the memory`. */
function percentOf(line: string): number | undefined {
  const at = line.indexOf('%');
  if (at < 0) return undefined;
  const rest = line.slice(at + 1).trimStart();
  if (rest !== '' && !rest.startsWith('|')) return undefined;
  const digits = /(?:^|[^\d.])(\d{1,3})(?:\.\d{1,6})?$/.exec(line.slice(Math.max(0, at - 12), at))?.[1];
  // A bar at 100 is not the end: decoding and saving follow; only `succeeded` is the end.
  return digits === undefined ? undefined : Math.min(99, Number(digits));
}
