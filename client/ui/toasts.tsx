import { type Accessor, createEffect, createSignal, For, Show } from 'solid-js';
import { Button } from './button.tsx';
import { Icon } from './icons.tsx';
import { words } from './words.ts';

export interface ToastContent {
  text: string;
  /** An error stays until it is dismissed; others go after ten seconds. */
  kind?: 'plain' | 'error';
  action?: { label: string; run: () => void };
  /** Called when it goes without its action having been taken. */
  onGone?: () => void;
}

export interface Toast extends ToastContent {
  id: number;
}

export interface Toasts {
  list: Accessor<readonly Toast[]>;
  /** Returns how to take it away. */
  show(content: ToastContent): () => void;
  dismiss(id: number): void;
  /** Time stands still while somebody looks at it. */
  hold(isHeld: boolean): void;
}

const shownMs = 10_000;

export function createToasts(): Toasts {
  const [list, setList] = createSignal<readonly Toast[]>([]);
  const timers = new Map<number, ReturnType<typeof setTimeout>>();
  let lastId = 0;

  const start = (toast: Toast) => {
    if (toast.kind !== 'error')
      timers.set(
        toast.id,
        setTimeout(() => end(toast.id), shownMs),
      );
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
    show(content) {
      const toast: Toast = { ...content, id: ++lastId };
      setList((toasts) => [...toasts, toast]);
      start(toast);
      return () => end(toast.id);
    },
    hold(isHeld) {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
      if (!isHeld) for (const toast of list()) start(toast);
    },
  };
}

/** One region for all notices, in the top layer so that it shows above dialogs. */
export function ToastRegion(props: { toasts: Toasts }) {
  let region: HTMLDivElement | undefined;
  createEffect(() => {
    // Shown anew with each toast: the top layer holds what came last on top.
    if (!region?.isConnected || typeof region.showPopover !== 'function') return;
    const isEmpty = props.toasts.list().length === 0;
    if (region.matches(':popover-open')) region.hidePopover();
    if (!isEmpty) region.showPopover();
  });

  return (
    <div
      ref={region}
      class="toasts"
      popover="manual"
      role="status"
      aria-label={words.toasts.label}
      onMouseEnter={() => props.toasts.hold(true)}
      onMouseLeave={() => props.toasts.hold(false)}
      onFocusIn={() => props.toasts.hold(true)}
      onFocusOut={() => props.toasts.hold(false)}
    >
      <For each={props.toasts.list()}>
        {(toast) => {
          const dismiss = () => props.toasts.dismiss(toast.id);
          return (
            <div class="toast" classList={{ 'toast-error': toast.kind === 'error' }}>
              <span>{toast.text}</span>
              <Show when={toast.action}>
                {(action) => (
                  <Button kind="quiet" onClick={() => action().run()}>
                    {action().label}
                  </Button>
                )}
              </Show>
              <Button kind="icon" label={words.app.dismiss} onClick={dismiss}>
                <Icon name="close" />
              </Button>
            </div>
          );
        }}
      </For>
    </div>
  );
}
