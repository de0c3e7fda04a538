import { createMemo, Show } from 'solid-js';
import type { Scene } from '../api/generated/graphql.ts';
import { Select, type SelectOption } from '../ui/select.tsx';
import { TextField } from '../ui/text-field.tsx';
import { words } from '../ui/words.ts';
import { matchInputImage } from './aspect-ratio.ts';
import { acceptedOptions, aspectRatios, type Model, type WantedOptions } from './choice.ts';

/** What this model lets one choose, and nothing that it does not. */
export function ModelOptions(props: {
  model: Model;
  scene: Scene;
  wanted: WantedOptions;
  seedProblem: string | undefined;
  onChange: (changes: Partial<WantedOptions>) => void;
  seedRef: (element: HTMLInputElement) => void;
}) {
  const accepted = createMemo(() => acceptedOptions(props.model, props.scene, props.wanted));
  const counts = createMemo(() =>
    Array.from({ length: props.model.maxImages }, (_, index) => String(index + 1)).map((value) => ({
      value,
      label: value,
    })),
  );
  const ratios = createMemo(() => aspectRatios(props.model, props.scene));

  return (
    <fieldset class="options">
      <legend class="visually-hidden">{words.models.options}</legend>
      <Show when={props.model.maxImages > 1}>
        <Select
          label={words.models.count}
          value={String(accepted().count)}
          options={counts()}
          onChange={(value) => props.onChange({ count: Number(value) })}
        />
      </Show>
      <Show when={ratios().length > 0}>
        <Select
          label={words.models.aspectRatio}
          value={accepted().aspectRatio ?? ''}
          options={withDefault(ratios(), (value) =>
            value === matchInputImage ? words.models.sameAsReference : value,
          )}
          onChange={(value) => props.onChange({ aspectRatio: value || undefined })}
        />
      </Show>
      <Show when={props.model.resolutions.length > 0}>
        <Select
          label={words.models.resolution}
          value={accepted().resolution ?? ''}
          options={withDefault(props.model.resolutions, resolutionLabel)}
          onChange={(value) => props.onChange({ resolution: value || undefined })}
        />
      </Show>
      <Show when={props.model.outputFormats.length > 0}>
        <Select
          label={words.models.outputFormat}
          value={accepted().outputFormat ?? ''}
          options={withDefault(props.model.outputFormats, (value) => words.models.formats[value] ?? value)}
          onChange={(value) => props.onChange({ outputFormat: value || undefined })}
        />
      </Show>
      <Show when={props.model.supportsSeed}>
        <TextField
          label={words.models.seed}
          hint={words.models.seedHint}
          problem={props.seedProblem}
          inputMode="numeric"
          autocomplete="off"
          value={props.wanted.seed}
          ref={props.seedRef}
          onInput={(seed) => props.onChange({ seed })}
        />
      </Show>
    </fieldset>
  );
}

function withDefault(values: readonly string[], label: (value: string) => string): SelectOption[] {
  return [
    { value: '', label: words.models.byDefault },
    ...values.map((value) => ({ value, label: label(value) })),
  ];
}

/** A bare number is a size in megapixels; others are names such as `2K`. */
function resolutionLabel(value: string): string {
  return /^[\d.]+$/.test(value) ? words.models.megapixels(value) : value;
}
