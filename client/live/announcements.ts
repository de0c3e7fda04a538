/** Announces the progress of tasks to screen readers: half done and ended, never each percent. */
import { type Accessor, createEffect, untrack } from 'solid-js';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { isUnfinished, type Task } from '../api/task.ts';

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
      void textOf(
        task,
        untrack(() => options.codeOf(task.id)),
      ).then(options.announce);
    }
  });
}

function stageOf(task: Task): Stage {
  if (!isUnfinished(task)) return 'ended';
  return (task.progress.percent ?? 0) >= 50 ? 'half' : 'begun';
}

async function textOf(task: Task, code: string): Promise<string> {
  if (isUnfinished(task)) return lazyMessages.announce.half(code);
  if (task.status === 'SUCCESS') return lazyMessages.announce.done(code, task.images.length);
  if (task.status === 'CANCELED') return lazyMessages.announce.cancelled(code);
  // Lazy: most pages never see a failure.
  const reason = await import('../gallery/task-card/task-error-messages.ts').then(
    ({ taskErrorMessage }) => taskErrorMessage(task).text,
    () => '',
  );
  return lazyMessages.announce.failed(code, reason);
}
