import { type JSX, onMount } from 'solid-js';
import { isInTextField, onPress } from '../ui/keys.ts';

/** What a button below the prompt opens. Closed by Escape and a click elsewhere. */
export interface PromptPopoverProps {
  /** The button that opened it. The browser must know it: else its press closes the popover and opens it again. */
  button: HTMLButtonElement;
  onClose: () => void;
}

/** A popover as wide as the prompt, in which the arrow keys move between the buttons. */
export function PromptPopover(props: PromptPopoverProps & { label: string; children: JSX.Element }) {
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
    // From a field the first step down leads to the first button.
    const from = at === -1 && isInTextField(event) && step === -1 ? 0 : at;
    buttons[(from + step + buttons.length) % buttons.length]?.focus();
    return true;
  });

  return (
    <div
      class="earlier"
      popover="auto"
      role="group"
      aria-label={props.label}
      ref={element}
      onKeyDown={onKeyDown}
      onToggle={(event) => event.newState === 'closed' && props.onClose()}
    >
      {props.children}
    </div>
  );
}
