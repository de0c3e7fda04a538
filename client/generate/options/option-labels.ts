import type { SelectOption } from '../../ui/select.tsx';
import { messages } from '../../i18n/messages.ts';
import type { acceptedOptions } from './model-choice.ts';

/** The values of an option, and before them the choice of leaving it to the model. */
export function withDefault(values: readonly string[], label: (value: string) => string): SelectOption[] {
  return [
    { value: '', label: messages.models.byDefault },
    ...values.map((value) => ({ value, label: label(value) })),
  ];
}

/** A bare number is a size in megapixels; others are names such as `2K`. */
export function resolutionLabel(value: string): string {
  return /^[\d.]+$/.test(value) ? messages.models.megapixels(value) : value;
}

/** A summary of the options that are not shown at once. */
export function chosenInShort(options: ReturnType<typeof acceptedOptions>): string {
  const { resolution, outputFormat, seed } = options;
  return [
    resolution && resolutionLabel(resolution),
    outputFormat && (messages.models.formats[outputFormat] ?? outputFormat),
    seed !== undefined && `${messages.models.seed} ${seed}`,
  ]
    .filter(Boolean)
    .join(' · ');
}
