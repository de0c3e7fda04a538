/** What a row of the bench says: the values of its rounds against its goal. */

export interface Goal {
  /** The bound that all rounds must keep: `max` where less is better, `min` where more is. */
  bound: 'max' | 'min';
  value: number;
}

export const atMost = (value: number): Goal => ({ bound: 'max', value });
export const atLeast = (value: number): Goal => ({ bound: 'min', value });

export interface Row {
  /** The work's name, and its size where it has several: `accept 16`. */
  work: string;
  /** What was measured, with its unit. */
  measure: string;
  /** `Proofsheet`, with its database where it is measured on both, or a peer. */
  subject: string;
  /** One value for each round; ratios are made within a round. */
  values: number[];
  /** Absent for a peer, which is shown beside the product. */
  goal?: Goal;
  /** Further figures: latencies, CPU an operation, lost operations. */
  details?: string;
  /** Why the work ended before it had all its rows. */
  failure?: string;
  /** How long the work took. */
  seconds?: number;
}

/** A row of the product. */
export const productRow = (
  work: string,
  measure: string,
  values: number[],
  more: Partial<Row> = {},
): Row => ({
  work,
  measure,
  subject: 'Proofsheet',
  values,
  ...more,
});

/** The value that `share` of the values do not exceed; NaN where there is none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const below = percentile(
    values.map((value) => -value),
    0.5,
  );
  return (percentile(values, 0.5) - below) / 2;
}

/** INCONCLUSIVE where the range of the rounds straddles the goal, and where a round has no value. */
export function verdictOf({ values, goal, failure }: Pick<Row, 'values' | 'goal' | 'failure'>) {
  if (failure !== undefined) return 'FAILED';
  if (!goal) return '';
  const kept = values.filter((each) => (goal.bound === 'max' ? each <= goal.value : each >= goal.value));
  if (values.length === 0 || values.some(Number.isNaN)) return 'INCONCLUSIVE';
  return kept.length === values.length ? 'PASS' : kept.length > 0 ? 'INCONCLUSIVE' : 'FAIL';
}

/** `1.7 [1.6..1.9]` */
export function formatRange(values: readonly number[]): string {
  const [middle, least, most] = [median(values), Math.min(...values), Math.max(...values)].map(formatNumber);
  return `${middle} [${least}..${most}]`;
}

export const formatNumber = (value: number): string =>
  Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
