import { useClient } from '@urql/solid';
import { createEffect, createSignal, createUniqueId, For, type JSX, on, Show } from 'solid-js';
import { createCropping } from './cropping.ts';
import { ReferenceNotes } from './reference-notes.tsx';
import { createTileDrag, ReferenceTile } from './reference-tile.tsx';
import { pictureTypes, type Reference, type References } from './references.ts';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { lazyComponent } from '../../ui/lazy-component.ts';
import { Guarded } from '../../ui/load-failure.tsx';

const CropDialog = lazyComponent(() => import('./crop-dialog.tsx'), 'CropDialog');

interface ReferenceImagesProps {
  references: References;
  limit: number;
  isSignedIn: boolean;
  /** Whether something is dragged that can be dropped here. */
  isDragging: boolean;
  pointedAt: ReadonlySet<string>;
  /** Notices in addition to the problems of single references: none yet, too many, duplicates. */
  notices: readonly string[];
  onFiles: (files: File[]) => void;
  /** The control that is focused if a reference is missing. */
  ref: (element: HTMLElement) => void;
}

/** The reference images of the next request, and the ways to add some. */
export function ReferenceImages(props: ReferenceImagesProps): JSX.Element {
  const id = createUniqueId();
  const cropping = createCropping(useClient(), props.references);
  const [cropped, setCropped] = createSignal<Reference>();
  let addButton: HTMLElement | undefined;
  const items = () => props.references.items;
  const ready = () => items().filter(({ state }) => state.kind === 'uploaded').length;
  const isFull = () => items().length >= props.limit;
  /** Moves the focus to a neighbour, so that it does not fall to the body. */
  const remove = (reference: Reference) => {
    const index = items().indexOf(reference);
    props.references.remove(reference.id);
    (tileButton(items()[index] ?? items().at(-1), 'remove') ?? addButton)?.focus();
  };

  // A full list has no button to add, so what is wrong with it is shown at its first tile.
  createEffect(
    on(isFull, () => {
      const control = addButton?.isConnected ? addButton : tileButton(items()[0], 'remove');
      if (control) props.ref(control);
    }),
  );

  return (
    <fieldset classList={{ 'references-drop': props.isDragging }} aria-describedby={`${id}-notices`}>
      <legend class="label-row">
        <span class="label">{lazyMessages.references.label}</span>
        <Show when={items().length > 0}>
          <span class="code">{lazyMessages.references.ready(ready(), props.limit)}</span>
        </Show>
      </legend>
      <ReferenceList {...props} onRemove={remove} onCrop={setCropped} />
      <ReferenceNotes references={props.references} cropping={cropping} onRemove={remove} />
      <Guarded>
        <Show when={cropped()} keyed>
          {(reference) => (
            <CropDialog
              name={reference.name}
              load={() => cropping.pictureOf(reference)}
              onCrop={(picture, area) => cropping.crop(reference, picture, area)}
              onClose={() => setCropped(undefined)}
            />
          )}
        </Show>
      </Guarded>
      <div id={`${id}-notices`} role="alert">
        <For each={props.notices}>{(notice) => <p class="problem">{notice}</p>}</For>
      </div>
      <AddImages
        {...props}
        ref={(element) => {
          addButton = element;
          props.ref(element);
        }}
      />
    </fieldset>
  );
}

function tileButton(reference: Reference | undefined, action: string) {
  return document.querySelector<HTMLElement>(`[data-reference="${reference?.id}"] .reference-${action}`);
}

function ReferenceList(
  props: ReferenceImagesProps & {
    onRemove: (reference: Reference) => void;
    onCrop: (reference: Reference) => void;
  },
) {
  const [spoken, setSpoken] = createSignal('');
  const items = () => props.references.items;
  const drag = createTileDrag({ ids: () => items().map((item) => item.id), move: props.references.move });

  /** A moved tile loses the focus, and at the end of the list its button is gone. */
  const move = (reference: Reference, direction: -1 | 1) => {
    const place = items().indexOf(reference) + direction;
    props.references.move(reference.id, place);
    const [wanted, other] = direction === -1 ? ['left', 'right'] : ['right', 'left'];
    (tileButton(reference, `move-${wanted}`) ?? tileButton(reference, `move-${other}`))?.focus();
    setSpoken(lazyMessages.references.moved(reference.name, place + 1, items().length));
  };

  return (
    <>
      <Show when={items().length > 0}>
        <ul class="reference-list" onDragOver={drag.onDragOver} onDrop={drag.onDrop}>
          <For each={items()}>
            {(reference, index) => (
              <ReferenceTile
                reference={reference}
                position={index() + 1}
                count={items().length}
                isSignedIn={props.isSignedIn}
                isPointedAt={props.pointedAt.has(reference.id)}
                drag={drag}
                onRemove={() => props.onRemove(reference)}
                onRetry={() => props.references.retry(reference.id)}
                onCrop={() => props.onCrop({ ...reference })}
                onMove={(direction) => move(reference, direction)}
              />
            )}
          </For>
        </ul>
      </Show>
      <p class="visually-hidden" role="status">
        {spoken()}
      </p>
    </>
  );
}

function AddImages(props: ReferenceImagesProps) {
  let picker: HTMLInputElement | undefined;
  return (
    <>
      <Show when={props.references.items.length < props.limit}>
        <Button kind="quiet" class="reference-add" ref={props.ref} onClick={() => picker?.click()}>
          <Icon name="plus" />
          {props.isDragging ? lazyMessages.references.drop : lazyMessages.references.addHint}
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
    </>
  );
}
