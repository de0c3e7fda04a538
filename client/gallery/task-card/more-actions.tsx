import { createEffect, createSignal, createUniqueId, type JSX, onCleanup, Show } from 'solid-js';
import { lazyMessages } from '../../i18n/lazy-messages.ts';

/** What is rarely needed, behind a quiet "More". Closes with Esc, with a press elsewhere, and when focus leaves it. */
export function MoreActions(props: { code: string; children: JSX.Element }) {
  const id = createUniqueId();
  const [isOpen, setOpen] = createSignal(false);
  let root: HTMLDivElement | undefined;
  let button: HTMLButtonElement | undefined;
  const onPress = (event: Event) => {
    if (!root?.contains(event.target as Node)) setOpen(false);
  };
  // Only while it is open: there is one of these for each strip.
  createEffect(() => {
    if (!isOpen()) return;
    document.addEventListener('pointerdown', onPress);
    onCleanup(() => document.removeEventListener('pointerdown', onPress));
  });

  return (
    <div
      ref={root}
      class="more"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !isOpen()) return;
        event.stopPropagation();
        setOpen(false);
        button?.focus();
      }}
      onFocusOut={(event) => {
        if (event.relatedTarget && !root?.contains(event.relatedTarget as Node)) setOpen(false);
      }}
    >
      <button
        ref={button}
        type="button"
        class="button button-film"
        aria-label={lazyMessages.task.moreOf(props.code)}
        aria-expanded={isOpen()}
        aria-controls={id}
        onClick={() => setOpen((was) => !was)}
      >
        {lazyMessages.task.more}
      </button>
      <Show when={isOpen()}>
        <div class="more-list" id={id} onClick={() => setOpen(false)}>
          {props.children}
        </div>
      </Show>
    </div>
  );
}
