import { Show } from 'solid-js';
import type { Scene } from '../../api/generated/graphql.ts';
import { Select } from '../../ui/select.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { messages } from '../../i18n/messages.ts';
import { acceptedOptions, type Model, type WantedOptions } from './model-choice.ts';
import { resolutionLabel, withDefault } from './option-labels.ts';

export interface OptionsProps {
  model: Model;
  scene: Scene;
  wanted: WantedOptions;
  seedProblem: string | undefined;
  onChange: (changes: Partial<WantedOptions>) => void;
  /** The control that is focused if the seed is invalid. */
  seedRef: (element: HTMLElement) => void;
}

/** The options that most requests leave at their defaults. */
export function MoreOptions(props: OptionsProps) {
  const accepted = () => acceptedOptions(props.model, props.scene, props.wanted);
  return (
    <div class="options">
      <Show when={props.model.resolutions.length > 0}>
        <Select
          label={lazyMessages.models.resolution}
          value={accepted().resolution ?? ''}
          options={withDefault(props.model.resolutions, resolutionLabel)}
          onChange={(value) => props.onChange({ resolution: value || undefined })}
        />
      </Show>
      <Show when={props.model.outputFormats.length > 0}>
        <Select
          label={lazyMessages.models.outputFormat}
          value={accepted().outputFormat ?? ''}
          options={withDefault(props.model.outputFormats, (value) => messages.models.formats[value] ?? value)}
          onChange={(value) => props.onChange({ outputFormat: value || undefined })}
        />
      </Show>
      <Show when={props.model.supportsSeed}>
        <TextField
          label={messages.models.seed}
          hint={lazyMessages.models.seedHint}
          problem={props.seedProblem}
          inputMode="numeric"
          autocomplete="off"
          value={props.wanted.seed}
          ref={props.seedRef}
          onInput={(seed) => props.onChange({ seed })}
        />
      </Show>
    </div>
  );
}
