/** Toasts. Their view is in `toast-region.tsx`, which is loaded after the first paint. */
import { createSignal } from 'solid-js';

interface ToastContent {
  text: string;
  /** `error` and `lasting` stay until dismissed; others go after ten seconds. */
  kind?: 'error' | 'lasting';
  action?: { label: string; run: () => void };
  /** Called when it is removed without its action. */
  onGone?: () => void;
}

export interface Toast extends ToastContent {
  id: number;
}

const shownMs = 10_000;

export type Toasts = ReturnType<typeof createToasts>;

export function createToasts() {
  const [list, setList] = createSignal<readonly Toast[]>([]);
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let lastId = 0;

  const start = ({ id, kind }: Toast) => {
    if (!kind) timers.set(id, setTimeout(end, shownMs, id));
  };
  const end = (id: number) => {
    clearTimeout(timers.get(id));
    timers.delete(id);
    const toast = list().find((other) => other.id === id);
    if (!toast) return;
    setList((toasts) => toasts.filter((other) => other.id !== id));
    toast.onGone?.();
  };

  return {
    list,
    dismiss: end,
    /** Returns a function that removes it. */
    show(content: ToastContent): () => void {
      const toast: Toast = { ...content, id: ++lastId };
      setList((toasts) => [...toasts, toast]);
      start(toast);
      return () => end(toast.id);
    },
    /** Stops the timers while the user hovers or focuses a toast. */
    hold(isHeld: boolean) {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      if (!isHeld) for (const toast of list()) start(toast);
    },
  };
}
