/**
 * The number of a task among the viewer's tasks, the oldest being 1. It stays the same while the page is open, so that a
 * deletion or a new task renumbers nothing on screen.
 */
interface TaskNumbers {
  /** Numbers what is new among these tasks, which are the newest of `totalCount`, newest first. */
  assign(taskIds: readonly string[], totalCount: number): void;
  /** Its number; the next free one where it has none yet. */
  of(taskId: string): string;
}

export function createTaskNumbers(): TaskNumbers {
  const numbers = new Map<string, number>();
  let highest = 0;
  const give = (id: string, number: number) => {
    numbers.set(id, number);
    highest = Math.max(highest, number);
  };

  return {
    assign(taskIds, totalCount) {
      const lastKnown = taskIds.findLastIndex((id) => numbers.has(id));
      for (const id of taskIds.slice(0, Math.max(0, lastKnown)).toReversed())
        if (!numbers.has(id)) give(id, highest + 1);
      const known = numbers.get(taskIds[lastKnown] ?? '');
      let number = known === undefined ? Math.max(totalCount, highest + taskIds.length) : known - 1;
      for (const id of taskIds.slice(lastKnown + 1)) give(id, number--);
    },
    of: (taskId) => String(numbers.get(taskId) ?? highest + 1),
  };
}

/** The code of an image: 29, 29A, 29B, … as film counts. */
export function imageCode(taskNumber: string, index: number): string {
  return index === 0 ? taskNumber : `${taskNumber}${String.fromCharCode(64 + index)}`;
}
