import { For, Show } from 'solid-js';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { TextField } from '../../ui/text-field.tsx';
import { isEnum, optionLabels, type OptionName, optionOf } from './model-choice.ts';
import { OptionSelect, type OptionsProps } from './model-options.tsx';

/** The options that most requests leave at their defaults. */
export function MoreOptions(props: OptionsProps & { names: readonly OptionName[] }) {
  const hints: Readonly<Partial<Record<OptionName, string>>> = lazyMessages.models.optionHints;
  const isText = (name: OptionName) => {
    const option = optionOf(props.model, name);
    return option !== undefined && !isEnum(option);
  };
  return (
    <div class="options">
      <For each={props.names}>
        {(name) => (
          <Show when={isText(name)} fallback={<OptionSelect {...props} name={name} />}>
            <TextField
              label={optionLabels[name]}
              hint={hints[name]}
              problem={props.problemAt(name)}
              inputMode="numeric"
              autocomplete="off"
              value={String(props.wanted[name])}
              ref={props.fieldRef(name)}
              onInput={(value) => props.onChange({ [name]: value })}
            />
          </Show>
        )}
      </For>
    </div>
  );
}
