import type { Toasts } from './toasts.tsx';

/** Copies a text and confirms it; shows the text if the clipboard is not available. */
export async function copyText(
  text: string,
  texts: { copied: string; failed: string },
  toasts: Toasts,
): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toasts.show({ text: texts.copied });
  } catch {
    toasts.show({ text: texts.failed, kind: 'error' });
  }
}
