import { createUniqueId, For, type JSX, Show } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { words } from '../ui/words.ts';
import { pictureTypes } from './upload/check-file.ts';
import { ReferenceTile } from './reference-tile.tsx';
import type { References } from './references.ts';

/** The reference images of the next request, and the ways to add some. */
export function ReferenceImages(props: {
  references: References;
  /** How many the model takes. */
  limit: number;
  isSignedIn: boolean;
  isDragging: boolean;
  /** What is wrong with each of them, or missing. */
  problems: readonly string[];
  onFiles: (files: File[]) => void;
  /** The control that takes focus when something is missing. */
  ref: (element: HTMLButtonElement) => void;
}): JSX.Element {
  const id = createUniqueId();
  let picker: HTMLInputElement | undefined;
  let list: HTMLUListElement | undefined;
  let addButton: HTMLButtonElement | undefined;
  const ready = () => props.references.items.filter(({ state }) => state.kind === 'uploaded').length;

  /** Focus never falls to the page when the focused tile goes. */
  const remove = (referenceId: string, index: number) => {
    props.references.remove(referenceId);
    const next = list?.querySelectorAll<HTMLButtonElement>('.reference-remove');
    (next?.[Math.min(index, next.length - 1)] ?? addButton)?.focus();
  };

  return (
    <fieldset
      class="references"
      classList={{ 'references-drop': props.isDragging }}
      aria-describedby={`${id}-problem`}
    >
      <legend class="label-row">
        <span class="label">{words.references.label}</span>
        <Show when={props.references.items.length > 0}>
          <span class="code">{words.references.ready(ready(), props.limit)}</span>
        </Show>
      </legend>
      <Show when={props.references.items.length > 0}>
        <ul class="reference-list" ref={list}>
          <For each={props.references.items}>
            {(reference, index) => (
              <ReferenceTile
                reference={reference}
                position={index() + 1}
                isSignedIn={props.isSignedIn}
                onRemove={() => remove(reference.id, index())}
                onRetry={() => props.references.retry(reference.id)}
              />
            )}
          </For>
        </ul>
      </Show>
      <div id={`${id}-problem`} role="alert">
        <For each={props.problems}>{(problem) => <p class="problem">{problem}</p>}</For>
      </div>
      <Show when={props.references.items.length < props.limit}>
        <Button
          kind="quiet"
          class="reference-add"
          ref={(element) => {
            addButton = element;
            props.ref(element);
          }}
          onClick={() => picker?.click()}
        >
          <Icon name="plus" />
          {props.isDragging ? words.references.drop : words.references.addHint}
        </Button>
      </Show>
      <input
        ref={picker}
        type="file"
        hidden
        multiple
        accept={pictureTypes.join(',')}
        onChange={(event) => {
          props.onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </fieldset>
  );
}
