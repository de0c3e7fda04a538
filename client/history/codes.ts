/** The numbers of earlier strips. The feed has numbered the newest; the others follow from their place among all. */
import type { Task } from '../api/task.ts';

export interface HistoryCodes {
  /** Numbers the newest of `totalCount` tasks, newest first, none left out. */
  learn(tasks: readonly Task[], totalCount: number): void;
  /** Undefined where its place among all is not known: it was found by a filter. */
  of(taskId: string): string | undefined;
}

/** `knownCode` answers with the number that a task already has on screen elsewhere. */
export function createHistoryCodes(knownCode: (taskId: string) => string | undefined): HistoryCodes {
  const numbers = new Map<string, number>();
  return {
    learn(tasks, totalCount) {
      let next = totalCount;
      for (const { id } of tasks) {
        const known = knownCode(id);
        const number = known === undefined ? (numbers.get(id) ?? next) : Number(known);
        numbers.set(id, number);
        next = number - 1;
      }
    },
    of(taskId) {
      const number = knownCode(taskId) ?? numbers.get(taskId);
      return number === undefined ? undefined : String(number);
    },
  };
}
