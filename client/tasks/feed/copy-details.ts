import type { Toasts } from '../../ui/toasts.tsx';
import { laterWords } from '../../ui/words-later.ts';
import type { Task } from '../task.ts';

/** Puts on the clipboard what support needs to find a request; shows it where the clipboard is out of reach. */
export async function copyDetails(task: Task, code: string, toasts: Toasts): Promise<void> {
  const details = laterWords.strip.details(task.id, task.model.label, task.createdAt);
  try {
    await navigator.clipboard.writeText(details);
    toasts.show({ text: laterWords.strip.copied(code) });
  } catch {
    toasts.show({ text: laterWords.strip.copyFailed(details), kind: 'error' });
  }
}
