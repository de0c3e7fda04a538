import type { JSX } from 'solid-js';
import { Icon, type IconName } from './icons.tsx';

/** `primary` is the one yellow action; `film` sits on black; `quiet` has no frame; `icon` is a square without words. */
type ButtonKind = 'plain' | 'primary' | 'quiet' | 'film' | 'film-strong' | 'icon';

interface ButtonProps {
  kind?: ButtonKind;
  type?: 'button' | 'submit';
  class?: string;
  /** The accessible name of a button without text. */
  label?: string;
  disabled?: boolean;
  /** Marked as disabled, yet still in reach of the keyboard. */
  busy?: boolean;
  /** Whether it opens a dialog. */
  opensDialog?: boolean;
  ref?: ((element: HTMLButtonElement) => void) | undefined;
  onClick?: (() => void) | undefined;
  children: JSX.Element;
}

/** A native button, of type `button` by default. */
export function Button(props: ButtonProps) {
  return (
    <button
      type={props.type ?? 'button'}
      class={`button button-${props.kind ?? 'plain'} ${props.class ?? ''}`}
      disabled={props.disabled ?? false}
      aria-label={props.label}
      aria-disabled={props.busy || undefined}
      aria-haspopup={props.opensDialog ? 'dialog' : undefined}
      ref={(element) => props.ref?.(element)}
      onClick={() => props.onClick?.()}
    >
      {props.children}
    </button>
  );
}

/** A button with an icon for its text. */
export function IconButton(
  props: Omit<ButtonProps, 'kind' | 'children'> & { icon: IconName; label: string },
) {
  return (
    <Button {...props} kind="icon">
      <Icon name={props.icon} />
    </Button>
  );
}
