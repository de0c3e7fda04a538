/** Interleaved rounds: each subject is measured twice a round, in the order A B C C B A. */
import { pause } from './process.ts';

/** 5 or more for a run to be quoted; tests take fewer. */
export const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
/** The length of one measurement, in milliseconds. */
export const sliceMs = Number(process.env['BENCH_SLICE_MS'] ?? 700);

/** Measurements until code that runs often is compiled. */
const warmUps = Number(process.env['BENCH_WARM_UPS'] ?? 4);

/** The values of a round: the mean of both measurements of each subject. */
export type Rounds<Name extends string> = Record<Name, number>[];

/**
 * Measures every subject, after some that do not count.
 * @param measure returns the figures of one measurement by name
 */
export async function interleave<Name extends string, Figure extends string>(
  subjects: readonly Name[],
  measure: (subject: Name) => Promise<Record<Figure, number>>,
  times = rounds,
): Promise<Record<Name, Record<Figure, number>[]>> {
  const result = Object.fromEntries(subjects.map((name) => [name, []])) as unknown as Record<
    Name,
    Record<Figure, number>[]
  >;
  for (const subject of subjects) for (let time = 0; time < warmUps; time += 1) await measure(subject);
  for (let round = 0; round < times; round += 1) {
    const figures = new Map<Name, Record<Figure, number>[]>();
    for (const subject of [...subjects, ...subjects.toReversed()]) {
      await pause(20);
      figures.set(subject, [...(figures.get(subject) ?? []), await measure(subject)]);
    }
    for (const [subject, [first, second]] of figures)
      result[subject].push(
        Object.fromEntries(
          Object.entries<number>(first!).map(([name, value]) => [
            name,
            (value + second![name as Figure]) / 2,
          ]),
        ) as Record<Figure, number>,
      );
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
