import { createMemo, createSignal, For, Show, Suspense } from 'solid-js';
import { messages } from '../../i18n/messages.ts';
import { lazyComponent } from '../../ui/lazy-component.ts';
import { Select } from '../../ui/select.tsx';
import {
  type AcceptedOptions,
  choicesOf,
  chosenInShort,
  type Model,
  type OptionName,
  optionLabels,
  optionNames,
  optionOf,
  shownOptions,
  type WantedOptions,
} from './model-choice.ts';

export const MoreOptions = lazyComponent(() => import('./more-options.tsx'), 'MoreOptions');

export interface OptionsProps {
  model: Model;
  wanted: WantedOptions;
  accepted: AcceptedOptions;
  problemAt: (name: OptionName) => string | undefined;
  onChange: (changes: Partial<WantedOptions>) => void;
  /** The control that is focused if the option is invalid. */
  fieldRef: (name: OptionName) => (element: HTMLElement) => void;
}

/** The options that the model supports: count and shape at once, the rest on demand. */
export function ModelOptions(props: OptionsProps) {
  const more = createMemo(() => shownOptions(props.model, false));
  const [isOpen, setOpen] = createSignal(false);
  const isMoreShown = () => isOpen() || more().some((name) => props.problemAt(name) !== undefined);

  return (
    <fieldset>
      <legend class="visually-hidden">{messages.models.options}</legend>
      <div class="options">
        <For each={shownOptions(props.model, true)}>{(name) => <OptionSelect {...props} name={name} />}</For>
      </div>
      <Show when={more().length > 0}>
        <details
          class="more-options"
          open={isMoreShown()}
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          {/* Until a field has been loaded, focus goes to where it will be. */}
          <summary ref={(element) => optionNames.forEach((name) => props.fieldRef(name)(element))}>
            {messages.models.moreOptions}
            <span class="code">{chosenInShort(props.accepted)}</span>
          </summary>
          <Show when={isMoreShown()}>
            <Suspense>
              <MoreOptions {...props} names={more()} />
            </Suspense>
          </Show>
        </details>
      </Show>
    </fieldset>
  );
}

export function OptionSelect(props: OptionsProps & { name: OptionName }) {
  return (
    <Select
      label={optionLabels[props.name]}
      value={String(props.accepted[props.name] ?? '')}
      options={choicesOf(optionOf(props.model, props.name)!)}
      onChange={(value) => props.onChange({ [props.name]: props.name === 'count' ? Number(value) : value })}
    />
  );
}
