import { createComputed, createEffect, For, onCleanup, onMount, Show } from 'solid-js';
import { Button } from './button.tsx';
import { Icon } from './icons.tsx';
import type { Toasts } from './toasts.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';

/**
 * The region of all toasts, in the top layer, above dialogs. Content outside an open modal dialog is inert, so the
 * region moves into the dialog.
 */
export function ToastRegion(props: { toasts: Toasts }) {
  let home: HTMLDivElement | undefined;
  let region: HTMLDivElement | undefined;
  /** The focused element before the region. */
  let cameFrom: Element | undefined;

  const place = () => {
    if (!home || !region || typeof region.showPopover !== 'function') return;
    const dialog = [...document.querySelectorAll('dialog:modal')].at(-1);
    dialog?.addEventListener('close', () => queueMicrotask(place), { once: true });
    // Shown again with each toast: the last element in the top layer is on top.
    if (region.matches(':popover-open')) region.hidePopover();
    if (region.parentElement !== (dialog ?? home)) (dialog ?? home).append(region);
    if (props.toasts.list().length > 0) region.showPopover();
  };
  createEffect(() => {
    props.toasts.list();
    place();
  });
  onMount(() => {
    const onToggle = (event: Event) => {
      if (event.target instanceof HTMLDialogElement) place();
    };
    // These events do not bubble.
    document.addEventListener('toggle', onToggle, true);
    onCleanup(() => document.removeEventListener('toggle', onToggle, true));
  });
  createComputed(() => {
    props.toasts.list();
    if (!region?.contains(document.activeElement)) return;
    // A removed toast loses its focused button.
    queueMicrotask(() => {
      if (document.activeElement !== document.body) return;
      const target = cameFrom?.isConnected ? cameFrom : document.getElementById('feed');
      (target as HTMLElement | null)?.focus({ preventScroll: true });
    });
  });

  return (
    <div ref={home}>
      <div
        ref={region}
        class="toasts"
        popover="manual"
        role="status"
        aria-label={lazyMessages.page.notices}
        onMouseEnter={() => props.toasts.hold(true)}
        onMouseLeave={() => props.toasts.hold(false)}
        onFocusIn={(event) => {
          if (event.relatedTarget && !region?.contains(event.relatedTarget as Node))
            cameFrom = event.relatedTarget as Element;
          props.toasts.hold(true);
        }}
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
                    <Button
                      kind="quiet"
                      onClick={() => {
                        action().run();
                        dismiss();
                      }}
                    >
                      {action().label}
                    </Button>
                  )}
                </Show>
                <Button kind="icon" label={lazyMessages.app.dismiss} onClick={dismiss}>
                  <Icon name="close" />
                </Button>
              </div>
            );
          }}
        </For>
      </div>
    </div>
  );
}
