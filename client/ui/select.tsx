import { createEffect, createUniqueId, For, type JSX, Show } from 'solid-js';

export interface SelectOption {
  value: string;
  label: string;
  /** What else there is to know before one chooses it. */
  detail?: string | undefined;
}

/** Whether the browser lets a page draw a select and its list itself. The text is the same everywhere. */
const isDrawn = typeof CSS !== 'undefined' && CSS.supports?.('appearance', 'base-select');

/** A native select with its label. A single option is shown as text: there is nothing to choose. */
export function Select(props: {
  label: string;
  value: string;
  options: readonly SelectOption[];
  /** Of its value in a form. */
  name?: string;
  onChange?: (value: string) => void;
  /** Keeps the control where there is but one option. */
  always?: boolean;
  ref?: (element: HTMLElement) => void;
}): JSX.Element {
  const id = createUniqueId();
  let element: HTMLSelectElement | undefined;
  const chosenLabel = () => props.options.find(({ value }) => value === props.value)?.label ?? '';
  // New options reset what a select shows, so the value is set after every change of either.
  createEffect(() => {
    void props.options.map((option) => [option.value, option.label, option.detail]);
    const { value } = props;
    if (element) element.value = value;
  });

  return (
    <div class="field">
      <Show
        when={props.options.length > 1 || props.always}
        fallback={<OnlyOption id={id} label={props.label} option={props.options[0]} />}
      >
        <label class="label" for={id}>
          {props.label}
        </label>
        <select
          id={id}
          class="select"
          name={props.name}
          ref={(created) => {
            element = created;
            props.ref?.(created);
          }}
          onChange={(event) => props.onChange?.(event.currentTarget.value)}
        >
          {/* Both would be dropped from markup by older parsers; as elements they are ignored there. */}
          {isDrawn && (
            <button type="button">
              <span class="select-text">{chosenLabel()}</span>
            </button>
          )}
          <For each={props.options}>
            {(option) => (
              <option value={option.value} selected={option.value === props.value}>
                <Option {...option} />
              </option>
            )}
          </For>
        </select>
      </Show>
    </div>
  );
}

function OnlyOption(props: { id: string; label: string; option: SelectOption | undefined }) {
  return (
    <>
      <span class="label" id={props.id}>
        {props.label}
      </span>
      <output class="only-option" aria-labelledby={props.id}>
        {props.option && <Option {...props.option} />}
      </output>
    </>
  );
}

function Option(props: { label: string; detail?: string | undefined }) {
  return (
    <>
      {props.label}
      <Show when={props.detail}>
        {'\u2002'}
        <span class="option-detail">{props.detail}</span>
      </Show>
    </>
  );
}
