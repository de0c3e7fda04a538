/** An image of a task with the code shown beside it. */
import { imageCode } from './task-numbers.ts';
import type { Task, TaskImage } from '../api/task.ts';

export interface GalleryItem {
  task: Task;
  image: TaskImage;
  /** 29, 29A, 29B, … */
  code: string;
}

/** The images of tasks in order; `codeOf` gives the number of a task. */
export function galleryItems(tasks: readonly Task[], codeOf: (taskId: string) => string): GalleryItem[] {
  return tasks.flatMap((task) =>
    task.images.map((image, index) => ({ task, image, code: imageCode(codeOf(task.id), index) })),
  );
}
