import { createUniqueId, type JSX, Show } from 'solid-js';

interface TextFieldProps {
  label: string;
  value?: string;
  type?: 'text' | 'email' | 'password' | 'url';
  name?: string;
  autocomplete?: JSX.InputHTMLAttributes<HTMLInputElement>['autocomplete'];
  inputMode?: 'text' | 'numeric' | 'email';
  /** Takes the focus when its dialog opens. */
  autofocus?: boolean;
  hint?: string | undefined;
  /** What is wrong with it, in words. */
  problem?: string | undefined;
  ref?: (element: HTMLInputElement) => void;
  onInput?: (value: string) => void;
}

/** A native input with its label, a hint and what is wrong with it. */
export function TextField(props: TextFieldProps) {
  const id = createUniqueId();
  const describedBy = () =>
    [props.hint && `${id}-hint`, props.problem && `${id}-problem`].filter(Boolean).join(' ') || undefined;

  return (
    <div class="field">
      <label class="label" for={id}>
        {props.label}
      </label>
      <input
        id={id}
        class="input"
        type={props.type ?? 'text'}
        name={props.name}
        dir="auto"
        autocomplete={props.autocomplete ?? 'off'}
        inputMode={props.inputMode}
        autofocus={props.autofocus ?? false}
        value={props.value ?? ''}
        aria-invalid={props.problem ? true : undefined}
        aria-describedby={describedBy()}
        ref={(element) => props.ref?.(element)}
        onInput={(event) => props.onInput?.(event.currentTarget.value)}
      />
      <Show when={props.hint}>
        <p class="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      </Show>
      <Show when={props.problem}>
        <p class="problem" id={`${id}-problem`}>
          {props.problem}
        </p>
      </Show>
    </div>
  );
}
