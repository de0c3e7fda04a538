/** One picture of a task with what is printed beside it. */
import { imageCode } from './task-numbers.ts';
import type { Task, TaskImage } from '../api/task.ts';

export interface GalleryItem {
  task: Task;
  image: TaskImage;
  /** 29, 29A, 29B, … */
  code: string;
}

/** The pictures of tasks in their order; `codeOf` gives the number on the strip of a task. */
export function galleryItems(tasks: readonly Task[], codeOf: (taskId: string) => string): GalleryItem[] {
  return tasks.flatMap((task) =>
    task.images.map((image, index) => ({ task, image, code: imageCode(codeOf(task.id), index) })),
  );
}
