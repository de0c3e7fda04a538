import { createEffect, type JSX, Show } from 'solid-js';

/** A native modal dialog. The browser traps the focus and restores it after closing. */
export function Dialog(props: {
  open: boolean;
  /** The id of its heading. */
  labelledBy: string;
  kind?: 'box' | 'sheet';
  onClose: () => void;
  children: JSX.Element;
}) {
  let element: HTMLDialogElement | undefined;
  createEffect(() => {
    if (!element) return;
    if (props.open && !element.open) element.showModal();
    if (!props.open && element.open) element.close();
  });

  return (
    <dialog
      ref={element}
      class={`dialog dialog-${props.kind ?? 'box'}`}
      aria-labelledby={props.labelledBy}
      onClose={() => {
        props.onClose();
        // The opener may be gone, as "Sign in" is after a sign-in; the focus must not fall to the body.
        if (document.activeElement === document.body)
          document.querySelector('main')?.focus({ preventScroll: true });
      }}
      onClick={(event) => {
        // The dialog itself is hit only outside its content: on the backdrop.
        if (event.target === element) element?.close();
      }}
    >
      <Show when={props.open}>
        <div class="dialog-content">{props.children}</div>
      </Show>
    </dialog>
  );
}
