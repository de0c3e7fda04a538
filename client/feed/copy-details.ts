import { copyText } from '../ui/clipboard.ts';
import type { Toasts } from '../ui/toasts.tsx';
import { laterWords } from '../i18n/lazy-messages.ts';
import type { Task } from '../api/task.ts';

/** Puts on the clipboard what support needs to find a request. */
export function copyDetails(task: Task, code: string, toasts: Toasts): Promise<void> {
  const details = laterWords.strip.details(task.id, task.model.label, task.createdAt);
  const told = { copied: laterWords.strip.copied(code), failed: laterWords.strip.copyFailed(details) };
  return copyText(details, told, toasts);
}
