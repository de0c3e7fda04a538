import { createEffect, createUniqueId, For, type JSX, Show } from 'solid-js';

export interface SelectOption {
  value: string;
  label: string;
}

/** A native select with its label. A single option is shown as text: there is nothing to choose. */
export function Select(props: {
  label: string;
  value: string;
  options: readonly SelectOption[];
  onChange: (value: string) => void;
  /** Keeps the control where there is but one option. */
  always?: boolean;
  describedBy?: string;
  ref?: (element: HTMLSelectElement) => void;
}): JSX.Element {
  const id = createUniqueId();
  let element: HTMLSelectElement | undefined;
  // New options reset what a select shows, so the value is set after every change of either.
  createEffect(() => {
    void props.options.length;
    const { value } = props;
    if (element) element.value = value;
  });

  return (
    <div class="field">
      <Show
        when={props.options.length > 1 || props.always}
        fallback={
          <>
            <span class="label" id={id}>
              {props.label}
            </span>
            <output class="only-option" aria-labelledby={id}>
              {props.options[0]?.label}
            </output>
          </>
        }
      >
        <label class="label" for={id}>
          {props.label}
        </label>
        <select
          id={id}
          class="select"
          aria-describedby={props.describedBy}
          ref={(created) => {
            element = created;
            props.ref?.(created);
          }}
          onChange={(event) => props.onChange(event.currentTarget.value)}
        >
          <For each={props.options}>
            {(option) => (
              <option value={option.value} selected={option.value === props.value}>
                {option.label}
              </option>
            )}
          </For>
        </select>
      </Show>
    </div>
  );
}
