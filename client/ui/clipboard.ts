import type { Toasts } from './toasts.tsx';

/** Puts a text on the clipboard and says so; shows it where the clipboard is out of reach. */
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
