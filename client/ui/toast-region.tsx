import { createComputed, createEffect, For, onCleanup, Show } from 'solid-js';
import { Button, IconButton } from './button.tsx';
import type { Toast, Toasts } from './toasts.tsx';
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
  const onToggle = (event: Event) => {
    if (event.target instanceof HTMLDialogElement) place();
  };
  // These events do not bubble.
  document.addEventListener('toggle', onToggle, true);
  onCleanup(() => document.removeEventListener('toggle', onToggle, true));
  createComputed(() => {
    props.toasts.list();
    // A removed toast loses its focused button.
    if (region?.contains(document.activeElement)) queueMicrotask(() => restoreFocus(cameFrom));
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
          {(toast) => <ToastView toast={toast} onDismiss={() => props.toasts.dismiss(toast.id)} />}
        </For>
      </div>
    </div>
  );
}

function restoreFocus(cameFrom: Element | undefined): void {
  if (document.activeElement !== document.body) return;
  const target = cameFrom?.isConnected ? cameFrom : document.getElementById('feed');
  (target as HTMLElement | null)?.focus({ preventScroll: true });
}

function ToastView(props: { toast: Toast; onDismiss: () => void }) {
  return (
    <div class="toast" classList={{ 'toast-error': props.toast.kind === 'error' }}>
      <span>{props.toast.text}</span>
      <Show when={props.toast.action}>
        {(action) => (
          <Button
            kind="quiet"
            onClick={() => {
              action().run();
              props.onDismiss();
            }}
          >
            {action().label}
          </Button>
        )}
      </Show>
      <IconButton icon="close" label={lazyMessages.app.dismiss} onClick={props.onDismiss} />
    </div>
  );
}
