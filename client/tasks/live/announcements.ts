/** What a screen reader hears of a task's road: half done and its end, never every percent. */
import { type Accessor, createEffect, untrack } from 'solid-js';
import { words } from '../../ui/words.ts';
import { failureWords } from '../strip/failure-words.ts';
import { isUnfinished, type Task } from '../task.ts';

type Stage = 'begun' | 'half' | 'ended';

export function createAnnouncements(options: {
  tasks: Accessor<readonly Task[]>;
  codeOf: (taskId: string) => string;
  announce: (text: string) => void;
}): void {
  const stages = new Map<string, Stage>();
  createEffect(() => {
    for (const task of options.tasks()) {
      const before = stages.get(task.id);
      const stage = stageOf(task);
      stages.set(task.id, stage);
      if (before === undefined || before === stage || before === 'ended') continue;
      const text = untrack(() => textOf(task, options.codeOf(task.id)));
      if (text) options.announce(text);
    }
  });
}

function stageOf(task: Task): Stage {
  if (!isUnfinished(task)) return 'ended';
  return (task.progress.percent ?? 0) >= 50 ? 'half' : 'begun';
}

function textOf(task: Task, code: string): string {
  if (isUnfinished(task)) return words.announce.half(code);
  if (task.status === 'SUCCESS') return words.announce.done(code, task.images.length);
  if (task.status === 'CANCELED') return words.announce.cancelled(code);
  return words.announce.failed(code, failureWords(task).text);
}
