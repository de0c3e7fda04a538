/** The selected model and its options: which of the wanted ones it supports, and their labels. */
import type {
  ImageOptionsInput,
  ModelFieldsFragment,
  OptionFieldsFragment as ModelOption,
} from '../../api/generated/graphql.ts';
import { matchInputImage } from '../../api/task.ts';
import { messages } from '../../i18n/messages.ts';
import type { SelectOption } from '../../ui/select.tsx';

/** A model in a scene, with its price and options there. */
export type Model = ModelFieldsFragment & { costCredits: number; options: readonly ModelOption[] };

type HasOptions = Pick<Model, 'options'>;

export interface ModelChoice {
  model: Model | undefined;
  /** The wanted model, if it does not fit the scene. */
  replaced: ModelFieldsFragment | undefined;
}

/**
 * The wanted model if it fits the scene; else another of the same provider, else the first. The wanted one is kept,
 * so that the other scene restores it.
 */
export function chooseModel(options: {
  models: readonly Model[];
  allModels: readonly ModelFieldsFragment[];
  wantedId: string | undefined;
}): ModelChoice {
  const { models, allModels, wantedId } = options;
  const fitting = models.find((model) => model.id === wantedId);
  if (fitting || wantedId === undefined) return { model: fitting ?? models[0], replaced: undefined };
  const wanted = allModels.find((model) => model.id === wantedId);
  const model = models.find((other) => other.provider.id === wanted?.provider.id) ?? models[0];
  return { model, replaced: wanted };
}

/** The options of a request, by their names in the API. */
export type OptionName = keyof ImageOptionsInput;

/** What the draft contains for each option, as typed or chosen; an empty text leaves it to the model. */
export type WantedOptions = { count: number } & Record<Exclude<OptionName, 'count'>, string>;

/** Whether the option has a list of values; others are integers. */
export function isEnum({ values }: ModelOption): boolean {
  return values.length > 0;
}

export type AcceptedOptions = ImageOptionsInput & { count: number };

/** The option of that name, if the model has it. */
export function optionOf({ options }: HasOptions, name: string): ModelOption | undefined {
  return options.find((option) => option.name === name);
}

/** The wanted options that the model supports; the others are left to it. */
export function acceptedOptions({ options }: HasOptions, wanted: WantedOptions): AcceptedOptions {
  const accepted: Record<string, number | string> = {};
  for (const option of options) {
    const value = readOption(option, wanted);
    if (value !== undefined && value !== 'invalid') accepted[option.name] = value;
  }
  return { count: 1, ...accepted };
}

/** The first option of the model whose text is no number within its bounds. */
export function invalidOption(
  { options }: HasOptions,
  wanted: Partial<WantedOptions>,
): ModelOption | undefined {
  return options.find((option) => readOption(option, wanted) === 'invalid');
}

function readOption(option: ModelOption, wanted: Partial<WantedOptions>) {
  const value = wanted[option.name as OptionName];
  if (typeof value === 'number') return Math.min(Math.max(1, value), option.max!);
  return isEnum(option) ? option.values.find((each) => each === value) : parseInteger(value, option);
}

/** A number; undefined where none is typed; `invalid` where something else is. */
export function parseInteger(
  text = '',
  { min, max }: Pick<ModelOption, 'min' | 'max'>,
): number | undefined | 'invalid' {
  const trimmed = text.trim();
  if (!trimmed) return undefined;
  const number = Number(trimmed);
  return /^-?\d+$/.test(trimmed) && number >= min! && number <= max! ? number : 'invalid';
}

export const optionLabels: Readonly<Record<OptionName, string>> = messages.models.optionLabels;
export const optionNames = Object.keys(optionLabels) as OptionName[];

/** One image, and everything else left to the model. */
export const noOptions = {
  ...Object.fromEntries(optionNames.map((name) => [name, ''])),
  count: 1,
} as WantedOptions;

/** The options of the model that leave a choice: the ones shown at once, or the ones shown on demand. */
export function shownOptions({ options }: HasOptions, atOnce: boolean): OptionName[] {
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
export function choicesOf(option: ModelOption): SelectOption[] {
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
