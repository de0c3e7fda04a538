/** One picture of a task with what is printed beside it. */
import { frameCode } from './task-numbers.ts';
import type { Task, TaskImage } from '../api/task.ts';

export interface FrameOf {
  task: Task;
  image: TaskImage;
  /** 29, 29A, 29B, … */
  code: string;
}

/** The pictures of tasks in their order; `codeOf` gives the number on the strip of a task. */
export function framesOf(tasks: readonly Task[], codeOf: (taskId: string) => string): FrameOf[] {
  return tasks.flatMap((task) =>
    task.images.map((image, index) => ({ task, image, code: frameCode(codeOf(task.id), index) })),
  );
}
