import { For, onMount, Show } from 'solid-js';
import { onPress } from '../ui/keys.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';

/** How many prompts are listed; Alt and the arrow keys reach the others. */
const shownPrompts = 30;

/** The earlier prompts, in a popover at their button. Closed by Escape, a click elsewhere or a choice. */
export function EarlierPrompts(props: {
  prompts: readonly string[];
  /** The button that opened it. The browser must know it: else its press closes the list and opens it again. */
  button: HTMLButtonElement;
  onChoose: (prompt: string) => void;
  onClose: () => void;
}) {
  let element!: HTMLDivElement;

  onMount(() => {
    const { left, bottom, width } = props.button.closest('.prompt-box')!.getBoundingClientRect();
    Object.assign(element.style, {
      left: `${left}px`,
      width: `${width}px`,
      top: `${bottom + 4}px`,
      maxHeight: `${Math.max(140, window.innerHeight - bottom - 24)}px`,
    });
    props.button.popoverTargetElement = element;
    element.showPopover?.();
    element.querySelector('button')?.focus();
  });
  const onKeyDown = onPress((event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return false;
    const buttons = [...element.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
    return true;
  });

  return (
    <div
      class="earlier"
      popover="auto"
      role="group"
      aria-label={messages.prompt.earlier}
      ref={element}
      onKeyDown={onKeyDown}
      onToggle={(event) => event.newState === 'closed' && props.onClose()}
    >
      <Show when={props.prompts.length > 0} fallback={<p class="hint">{lazyMessages.prompt.noEarlier}</p>}>
        <ul>
          <For each={props.prompts.slice(0, shownPrompts)}>
            {(prompt) => (
              <li>
                <button type="button" class="earlier-prompt" onClick={() => props.onChoose(prompt)}>
                  <span dir="auto">{prompt}</span>
                </button>
              </li>
            )}
          </For>
        </ul>
      </Show>
    </div>
  );
}
