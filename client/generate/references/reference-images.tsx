import { type Accessor, createEffect, createSignal, createUniqueId, For, type JSX, on, Show } from 'solid-js';
import { ReferenceNotes } from './reference-notes.tsx';
import { pictureTypes } from './reference-problem.ts';
import { ReferenceTile } from './reference-tile.tsx';
import type { Reference, References } from './references.ts';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';

interface ReferenceImagesProps {
  references: References;
  /** The limit of the model. */
  limit: number;
  isSignedIn: boolean;
  /** Whether something is dragged that can be dropped here. */
  isDragging: boolean;
  /** References that were added a second time. */
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
  let picker: HTMLInputElement | undefined;
  let list: HTMLUListElement | undefined;
  let addButton: HTMLButtonElement | undefined;
  const [spoken, setSpoken] = createSignal('');
  const items = () => props.references.items;
  const ready = () => items().filter(({ state }) => state.kind === 'uploaded').length;
  const isFull = () => items().length >= props.limit;
  const drag = createTileDrag({ ids: () => items().map((item) => item.id), move: props.references.move });

  const tileButton = (index: number, selector: string) =>
    list?.children[index]?.querySelector<HTMLButtonElement>(selector);
  /** Moves the focus to a neighbour, so that it does not fall to the body. */
  const remove = (reference: Reference) => {
    const index = items().indexOf(reference);
    props.references.remove(reference.id);
    (tileButton(Math.min(index, items().length - 1), '.reference-remove') ?? addButton)?.focus();
  };
  /** A moved tile loses the focus, and at the end of the list its button is gone. */
  const move = (reference: Reference, direction: -1 | 1) => {
    const place = items().indexOf(reference) + direction;
    props.references.move(reference.id, place);
    const [wanted, other] = direction === -1 ? ['left', 'right'] : ['right', 'left'];
    (
      tileButton(place, `.reference-move-${wanted}`) ?? tileButton(place, `.reference-move-${other}`)
    )?.focus();
    setSpoken(lazyMessages.references.moved(reference.name, place + 1, items().length));
  };

  // A full list has no button to add, so what is wrong with it is shown at its first tile.
  createEffect(
    on(isFull, () => {
      const control = addButton?.isConnected ? addButton : tileButton(0, '.reference-remove');
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
      <Show when={items().length > 0}>
        <ul class="reference-list" ref={list} onDragOver={drag.onDragOver} onDrop={drag.onDrop}>
          <For each={items()}>
            {(reference, index) => (
              <ReferenceTile
                reference={reference}
                position={index() + 1}
                count={items().length}
                isSignedIn={props.isSignedIn}
                isPointedAt={props.pointedAt.has(reference.id)}
                isDragged={drag.draggedId() === reference.id}
                onRemove={() => remove(reference)}
                onRetry={() => props.references.retry(reference.id)}
                onMove={(direction) => move(reference, direction)}
                onDragStart={(event) => drag.start(event, reference.id)}
                onDragOver={() => drag.over(reference.id)}
                onDragEnd={drag.end}
              />
            )}
          </For>
        </ul>
      </Show>
      <ReferenceNotes references={props.references} onRemove={remove} />
      <div id={`${id}-notices`} role="alert">
        <For each={props.notices}>{(notice) => <p class="problem">{notice}</p>}</For>
      </div>
      <Show when={!isFull()}>
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
          {props.isDragging ? lazyMessages.references.drop : lazyMessages.references.addHint}
        </Button>
      </Show>
      <p class="visually-hidden" role="status">
        {spoken()}
      </p>
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

const tileDragType = 'application/x-proofsheet-tile';

/** Tiles change places while one is dragged over the others; a drag that is given up puts it back where it was. */
export function createTileDrag(options: {
  /** The ids in their order. */
  ids: () => string[];
  move: (id: string, place: number) => void;
}): {
  draggedId: Accessor<string | undefined>;
  start(event: DragEvent, id: string): void;
  /** Over the tile with this id. */
  over(id: string): void;
  end(event: DragEvent): void;
  onDragOver(event: DragEvent): void;
  onDrop(event: DragEvent): void;
} {
  const [draggedId, setDraggedId] = createSignal<string>();
  let placeBefore = 0;
  return {
    draggedId,
    start(event, id) {
      placeBefore = options.ids().indexOf(id);
      setDraggedId(id);
      event.dataTransfer?.setData(tileDragType, id);
      if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
    },
    over(id) {
      const dragged = draggedId();
      if (dragged !== undefined && dragged !== id) options.move(dragged, options.ids().indexOf(id));
    },
    end(event) {
      const dragged = draggedId();
      setDraggedId(undefined);
      if (dragged !== undefined && event.dataTransfer?.dropEffect === 'none')
        options.move(dragged, placeBefore);
    },
    onDragOver(event) {
      if (draggedId() === undefined) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'move';
    },
    onDrop(event) {
      if (draggedId() !== undefined) event.preventDefault();
    },
  };
}
