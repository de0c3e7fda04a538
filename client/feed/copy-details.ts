import { copyText } from '../ui/clipboard.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import type { Task } from '../api/task.ts';

/** Puts on the clipboard what support needs to find a request. */
export function copyDetails(task: Task, code: string, toasts: Toasts): Promise<void> {
  const details = lazyMessages.task.details(task.id, task.model.label, task.createdAt);
  const texts = { copied: lazyMessages.task.copied(code), failed: lazyMessages.task.copyFailed(details) };
  return copyText(details, texts, toasts);
}
