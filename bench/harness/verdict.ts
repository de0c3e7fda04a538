/** What a row of the bench says: the values of its rounds against its goal. */

export interface Goal {
  /** The best bound that all rounds must keep: `max` where less is better, `min` where more is. */
  bound: 'max' | 'min';
  value: number;
}

export type Verdict = 'PASS' | 'FAIL' | 'INCONCLUSIVE';

export interface Row {
  work: string;
  /** What was measured, with its unit. */
  measure: string;
  subject: string;
  /** One value for each round; ratios are made within a round. */
  values: number[];
  /** Absent for a peer, which is shown beside the product. */
  goal?: Goal;
  /** Further figures: latencies, CPU an operation, lost operations. */
  details?: string;
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** The value that `share` of the values do not exceed; NaN where there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  if (sorted.length % 2 === 0 && share === 0.5 && sorted.length > 0)
    return (sorted[sorted.length / 2 - 1]! + sorted[sorted.length / 2]!) / 2;
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** INCONCLUSIVE where the range of the rounds straddles the goal, and where a round has no value. */
export function verdictOf(values: readonly number[], { bound, value }: Goal): Verdict {
  const keeps = (each: number) => (bound === 'max' ? each <= value : each >= value);
  if (values.length === 0 || values.some(Number.isNaN)) return 'INCONCLUSIVE';
  if (values.every(keeps)) return 'PASS';
  return values.some(keeps) ? 'INCONCLUSIVE' : 'FAIL';
}

/** `1.7 [1.6..1.9]` */
export function formatRange(values: readonly number[]): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map(formatNumber);
  return `${middle} [${least}..${most}]`;
}

function formatNumber(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
