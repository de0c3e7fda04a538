import { createMemo, createSignal, Show, Suspense } from 'solid-js';
import { matchInputImage } from '../../api/task.ts';
import { acceptedOptions, aspectRatios } from './model-choice.ts';
import type { OptionsProps } from './more-options.tsx';
import { chosenInShort, withDefault } from './option-labels.ts';
import { messages } from '../../i18n/messages.ts';
import { lazyComponent } from '../../ui/lazy-component.ts';
import { Select } from '../../ui/select.tsx';

const MoreOptions = lazyComponent(() => import('./more-options.tsx'), 'MoreOptions');

/** The options that the model supports: count and shape at once, the rest on demand. */
export function ModelOptions(props: OptionsProps) {
  const accepted = createMemo(() => acceptedOptions(props.model, props.scene, props.wanted));
  const counts = createMemo(() =>
    Array.from({ length: props.model.maxImages }, (_, index) => String(index + 1)).map((value) => ({
      value,
      label: value,
    })),
  );
  const ratios = createMemo(() => aspectRatios(props.model, props.scene));
  const hasMore = () =>
    props.model.supportsSeed || props.model.resolutions.length + props.model.outputFormats.length > 0;
  const [isOpen, setOpen] = createSignal(false);
  const isShown = () => isOpen() || props.seedProblem !== undefined;

  return (
    <fieldset>
      <legend class="visually-hidden">{messages.models.options}</legend>
      <Show when={props.model.maxImages > 1 || ratios().length > 0}>
        <div class="options">
          <Show when={props.model.maxImages > 1}>
            <Select
              label={messages.models.count}
              value={String(accepted().count)}
              options={counts()}
              onChange={(value) => props.onChange({ count: Number(value) })}
            />
          </Show>
          <Show when={ratios().length > 0}>
            <Select
              label={messages.models.aspectRatio}
              value={accepted().aspectRatio ?? ''}
              options={withDefault(ratios(), (value) =>
                value === matchInputImage ? messages.models.sameAsReference : value,
              )}
              onChange={(value) => props.onChange({ aspectRatio: value || undefined })}
            />
          </Show>
        </div>
      </Show>
      <Show when={hasMore()}>
        <details
          class="more-options"
          open={isShown()}
          onToggle={(event) => setOpen(event.currentTarget.open)}
        >
          {/* Until the field for the seed has been loaded, focus goes to where it will be. */}
          <summary ref={(element) => props.seedRef(element)}>
            {messages.models.moreOptions}
            <span class="code">{chosenInShort(accepted())}</span>
          </summary>
          <Show when={isShown()}>
            <Suspense>
              <MoreOptions {...props} />
            </Suspense>
          </Show>
        </details>
      </Show>
    </fieldset>
  );
}

/** Preloads the options that are not shown at once. */
export function preloadMoreOptions(): Promise<unknown> {
  return MoreOptions.preload();
}
