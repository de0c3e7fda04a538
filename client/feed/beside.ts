import type { Task } from '../api/task.ts';

/** Requests of one press reach the server within this time. */
const pressMs = 10_000;

/** The ids of tasks that stand beside each other: one prompt that one press sent to several models. */
export function besideEachOther(tasks: readonly Task[]): ReadonlySet<string> {
  const beside = new Set<string>();
  for (const [index, task] of tasks.entries()) {
    const next = tasks[index + 1];
    if (!next || !isOfOnePress(task, next)) continue;
    beside.add(task.id).add(next.id);
  }
  return beside;
}

function isOfOnePress(one: Task, other: Task): boolean {
  return (
    one.prompt === other.prompt &&
    one.scene === other.scene &&
    one.model.id !== other.model.id &&
    Math.abs(Date.parse(one.createdAt) - Date.parse(other.createdAt)) <= pressMs
  );
}
