import { Select } from '../../ui/select.tsx';
import {
  type AcceptedOptions,
  type Model,
  type OptionName,
  optionOf,
  type WantedOptions,
} from './model-choice.ts';
import { choicesOf, optionLabels } from './option-labels.ts';

export interface OptionsProps {
  model: Model;
  wanted: WantedOptions;
  accepted: AcceptedOptions;
  problemAt: (name: OptionName) => string | undefined;
  onChange: (changes: Partial<WantedOptions>) => void;
  /** The control that is focused if the option is invalid. */
  fieldRef: (name: OptionName) => (element: HTMLElement) => void;
}

/** Selects the value of an option. */
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
