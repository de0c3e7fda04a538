import { createEffect, createSignal, createUniqueId, For, type JSX, on, Show } from 'solid-js';
import { ReferenceNotes } from './reference-notes.tsx';
import { ReferenceTile } from './reference-tile.tsx';
import { pictureTypes, type Reference, type References } from './references.ts';
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
  let list: HTMLUListElement | undefined;
  let addButton: HTMLButtonElement | undefined;
  const items = () => props.references.items;
  const ready = () => items().filter(({ state }) => state.kind === 'uploaded').length;
  const isFull = () => items().length >= props.limit;
  /** Moves the focus to a neighbour, so that it does not fall to the body. */
  const remove = (reference: Reference) => {
    const index = items().indexOf(reference);
    props.references.remove(reference.id);
    (tileButton(list, Math.min(index, items().length - 1), 'remove') ?? addButton)?.focus();
  };

  // A full list has no button to add, so what is wrong with it is shown at its first tile.
  createEffect(
    on(isFull, () => {
      const control = addButton?.isConnected ? addButton : tileButton(list, 0, 'remove');
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
      <ReferenceList {...props} ref={(element) => (list = element)} onRemove={remove} />
      <ReferenceNotes references={props.references} onRemove={remove} />
      <div id={`${id}-notices`} role="alert">
        <For each={props.notices}>{(notice) => <p class="problem">{notice}</p>}</For>
      </div>
      <AddImages
        {...props}
        isFull={isFull()}
        ref={(element) => {
          addButton = element;
          props.ref(element);
        }}
      />
    </fieldset>
  );
}

function tileButton(list: HTMLElement | undefined, index: number, action: string) {
  return list?.children[index]?.querySelector<HTMLButtonElement>(`.reference-${action}`);
}

function ReferenceList(
  props: Pick<ReferenceImagesProps, 'references' | 'isSignedIn' | 'pointedAt'> & {
    ref: (element: HTMLUListElement) => void;
    onRemove: (reference: Reference) => void;
  },
) {
  let list: HTMLUListElement | undefined;
  const [spoken, setSpoken] = createSignal('');
  const items = () => props.references.items;
  const drag = createTileDrag({ ids: () => items().map((item) => item.id), move: props.references.move });

  /** A moved tile loses the focus, and at the end of the list its button is gone. */
  const move = (reference: Reference, direction: -1 | 1) => {
    const place = items().indexOf(reference) + direction;
    props.references.move(reference.id, place);
    const [wanted, other] = direction === -1 ? ['left', 'right'] : ['right', 'left'];
    (tileButton(list, place, `move-${wanted}`) ?? tileButton(list, place, `move-${other}`))?.focus();
    setSpoken(lazyMessages.references.moved(reference.name, place + 1, items().length));
  };

  return (
    <>
      <Show when={items().length > 0}>
        <ul
          class="reference-list"
          ref={(element) => {
            list = element;
            props.ref(element);
          }}
          onDragOver={drag.onDragOver}
          onDrop={drag.onDrop}
        >
          <For each={items()}>
            {(reference, index) => (
              <ReferenceTile
                reference={reference}
                position={index() + 1}
                count={items().length}
                isSignedIn={props.isSignedIn}
                isPointedAt={props.pointedAt.has(reference.id)}
                isDragged={drag.draggedId() === reference.id}
                onRemove={() => props.onRemove(reference)}
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
      <p class="visually-hidden" role="status">
        {spoken()}
      </p>
    </>
  );
}

/** Opens the browser's file picker. */
function AddImages(
  props: Pick<ReferenceImagesProps, 'isDragging' | 'onFiles'> & {
    isFull: boolean;
    ref: (element: HTMLButtonElement) => void;
  },
) {
  let picker: HTMLInputElement | undefined;
  return (
    <>
      <Show when={!props.isFull}>
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

const tileDragType = 'application/x-proofsheet-tile';

/**
 * Tiles change places while one is dragged over the others; a drag that is given up puts it back where it was. `ids` are
 * in their order.
 */
export function createTileDrag(options: { ids: () => string[]; move: (id: string, place: number) => void }) {
  const [draggedId, setDraggedId] = createSignal<string>();
  let placeBefore = 0;
  return {
    draggedId,
    start(event: DragEvent, id: string) {
      placeBefore = options.ids().indexOf(id);
      setDraggedId(id);
      event.dataTransfer?.setData(tileDragType, id);
      if (event.dataTransfer) event.dataTransfer.effectAllowed = 'move';
    },
    /** Over the tile with this id. */
    over(id: string) {
      const dragged = draggedId();
      if (dragged !== undefined && dragged !== id) options.move(dragged, options.ids().indexOf(id));
    },
    end(event: DragEvent) {
      const dragged = draggedId();
      setDraggedId(undefined);
      if (dragged !== undefined && event.dataTransfer?.dropEffect === 'none')
        options.move(dragged, placeBefore);
    },
    onDragOver(event: DragEvent) {
      if (draggedId() === undefined) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'move';
    },
    onDrop(event: DragEvent) {
      if (draggedId() !== undefined) event.preventDefault();
    },
  };
}
