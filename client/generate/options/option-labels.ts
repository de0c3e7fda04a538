import type { OptionFieldsFragment } from '../../api/generated/graphql.ts';
import { matchInputImage } from '../../api/task.ts';
import { messages } from '../../i18n/messages.ts';
import type { SelectOption } from '../../ui/select.tsx';
import {
  type AcceptedOptions,
  isEnum,
  type Model,
  type OptionName,
  type WantedOptions,
} from './model-choice.ts';

/** The label of every option. */
export const optionLabels: Readonly<Record<OptionName, string>> = messages.models.optionLabels;
export const optionNames = Object.keys(optionLabels) as OptionName[];

/** One image, and everything else left to the model. */
export const noOptions = {
  ...Object.fromEntries(optionNames.map((name) => [name, ''])),
  count: 1,
} as WantedOptions;

/** The options of the model that leave a choice, those that are shown at once or those that are shown on demand. */
export function shownOptions({ options }: Pick<Model, 'options'>, atOnce: boolean): OptionName[] {
  return (
    options
      .filter((option) => isEnum(option) || option.max !== option.min)
      .map(({ name }) => name as OptionName)
      // A newer server may have options that have no label here.
      .filter((name) => name in optionLabels && isShownAtOnce(name) === atOnce)
  );
}

function isShownAtOnce(name: OptionName): boolean {
  return name === 'count' || name === 'aspectRatio';
}

/** What a select offers for an option. A value can be left to the model, a number cannot. */
export function choicesOf(option: OptionFieldsFragment): SelectOption[] {
  const values = isEnum(option)
    ? ['', ...option.values]
    : Array.from({ length: option.max! }, (_, index) => String(index + 1));
  return values.map((value) => ({ value, label: valueLabel(option.name, value) }));
}

function valueLabel(name: string, value: string): string {
  if (value === '') return messages.models.byDefault;
  if (value === matchInputImage) return messages.models.sameAsReference;
  // A bare number is a size in megapixels; others are names such as `2K`.
  if (name === 'resolution' && /^[\d.]+$/.test(value)) return messages.models.megapixels(value);
  return messages.models.formats[value] ?? value;
}

/** A summary of the options that are not shown at once. */
export function chosenInShort(accepted: AcceptedOptions): string {
  return optionNames
    .filter((name) => !isShownAtOnce(name) && accepted[name] != null)
    .map((name) => {
      const value = accepted[name];
      return typeof value === 'string' ? valueLabel(name, value) : `${optionLabels[name]} ${value}`;
    })
    .join(' · ');
}
