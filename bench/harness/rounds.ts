/** Interleaved rounds: each subject is measured twice a round, in the order A B C C B A. */
import { pause } from './process.ts';

/** 5 or more for a run to be quoted; tests take fewer. */
export const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
/** Rounds of long works whose rows are not ratios. */
export const fewRounds = Math.min(rounds, 3);
/** The length of one measurement, in milliseconds. */
export const sliceMs = Number(process.env['BENCH_SLICE_MS'] ?? 300);
/** Measurements until code that runs often is compiled. */
const warmUps = Number(process.env['BENCH_WARM_UPS'] ?? 2);

/**
 * Measures every subject, after some measurements that do not count.
 * @returns by subject, the figures of each round: the means of both measurements
 */
export async function interleave<Figure extends string>(
  subjects: readonly string[],
  measure: (subject: string, isWarmUp: boolean) => Promise<Record<Figure, number>>,
): Promise<Record<string, Record<Figure, number>[]>> {
  const result: Record<string, Record<Figure, number>[]> = {};
  for (const subject of subjects) for (let time = 0; time < warmUps; time += 1) await measure(subject, true);
  for (let round = 0; round < rounds; round += 1)
    for (const subject of [...subjects, ...subjects.toReversed()]) {
      await pause(20);
      const figures = await measure(subject, false);
      const first = (result[subject] ??= [])[round];
      if (first) for (const name in first) figures[name] = (figures[name] + first[name]) / 2;
      result[subject][round] = figures;
    }
  return result;
}

/** One figure of a subject as multiples of the limit's, round by round. */
export function ratios<Figure extends string>(
  subject: readonly Record<Figure, number>[],
  limit: readonly Record<Figure, number>[],
  figure: Figure,
): number[] {
  return subject.map((each, round) => each[figure] / limit[round]![figure]);
}
