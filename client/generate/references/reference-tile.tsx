import { createSignal, Match, Show, Switch } from 'solid-js';
import { Button, IconButton } from '../../ui/button.tsx';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { messages } from '../../i18n/messages.ts';
import { CropIcon } from './crop-icon.tsx';
import type { Reference } from './references.ts';

interface ReferenceTileProps {
  reference: Reference;
  /** Counted from 1. */
  position: number;
  count: number;
  isSignedIn: boolean;
  isPointedAt: boolean;
  drag: ReturnType<typeof createTileDrag>;
  onRemove: () => void;
  onRetry: () => void;
  onCrop: () => void;
  /** One place to the left (-1) or to the right (1). */
  onMove: (direction: -1 | 1) => void;
}

/** The tile of a reference: preview, upload state, and buttons to move and remove it. */
export function ReferenceTile(props: ReferenceTileProps) {
  const state = () => props.reference.state;
  const name = () => props.reference.name;
  const isBad = () => state().kind === 'faulty' || state().kind === 'failed';

  return (
    <li
      class="reference"
      classList={{
        'reference-bad': isBad(),
        'reference-busy': !isBad() && state().kind !== 'uploaded',
        'reference-known': props.isPointedAt,
        'reference-dragged': props.drag.draggedId() === props.reference.id,
      }}
      data-reference={props.reference.id}
      draggable={props.count > 1}
      onDragStart={(event) => props.drag.start(event, props.reference.id)}
      onDragEnter={() => props.drag.over(props.reference.id)}
      onDragEnd={props.drag.end}
    >
      <Show when={state().kind !== 'faulty' && props.reference.previewUrl}>
        {(url) => (
          <img
            class="reference-picture"
            src={url()}
            alt={lazyMessages.references.name(props.position, name())}
            draggable={false}
          />
        )}
      </Show>
      <TileState {...props} />
      <Show when={!isBad()}>
        <span class="reference-number code" aria-hidden="true">
          {props.position}
        </span>
      </Show>
      <Show when={!isBad() && props.reference.previewUrl}>
        <Button
          kind="icon"
          class="reference-crop"
          label={lazyMessages.crop.open(name())}
          opensDialog
          onClick={() => props.onCrop()}
        >
          <CropIcon />
        </Button>
      </Show>
      <MoveButtons {...props} />
      <IconButton
        icon="close"
        class="reference-remove"
        label={lazyMessages.references[state().kind === 'uploading' ? 'cancelUpload' : 'remove'](name())}
        onClick={() => props.onRemove()}
      />
    </li>
  );
}

function TileState(props: Pick<ReferenceTileProps, 'reference' | 'isSignedIn' | 'onRetry'>) {
  const state = () => props.reference.state;
  const name = () => props.reference.name;
  const fault = () => {
    const now = state();
    return now.kind === 'faulty' ? now.fault : undefined;
  };
  const waitMessage = () => {
    const { kind } = state();
    if (kind === 'checking' || kind === 'shrinking') return lazyMessages.references[kind];
    return props.isSignedIn ? lazyMessages.references.queued : lazyMessages.references.waitsForSignIn;
  };

  return (
    <Switch>
      <Match when={fault()}>
        {(kind) => (
          <p class="reference-fault">
            <strong>{lazyMessages.references.faults[kind()]}</strong>
            <span dir="auto">
              {kind() === 'tooBig' ? messages.format.megabytes(props.reference.byteSize) : name()}
            </span>
          </p>
        )}
      </Match>
      <Match when={state().kind === 'failed'}>
        <p class="reference-fault">
          <strong>{lazyMessages.references.failedShort}</strong>
        </p>
        <IconButton
          icon="retry"
          class="reference-retry"
          label={lazyMessages.references.retry(name())}
          onClick={() => props.onRetry()}
        />
      </Match>
      <Match when={state().kind === 'uploading'}>
        <UploadProgress reference={props.reference} />
      </Match>
      <Match when={state().kind !== 'uploaded'}>
        <p class="reference-wait">{waitMessage()}</p>
      </Match>
    </Switch>
  );
}

function UploadProgress(props: { reference: Reference }) {
  const percent = () => (props.reference.state.kind === 'uploading' ? props.reference.state.percent : 0);
  return (
    <div
      class="reference-progress code"
      role="progressbar"
      aria-label={lazyMessages.references.uploading(props.reference.name)}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent()}
    >
      {messages.format.percent(percent())}
      <span class="reference-bar" style={{ '--percent': `${percent()}%` }} />
    </div>
  );
}

/** The way to another place without dragging. */
function MoveButtons(props: Pick<ReferenceTileProps, 'reference' | 'position' | 'count' | 'onMove'>) {
  return (
    <div class="reference-moves">
      <Show when={props.position > 1}>
        <IconButton
          icon="left"
          class="reference-move reference-move-left"
          label={lazyMessages.references.moveLeft(props.reference.name)}
          onClick={() => props.onMove(-1)}
        />
      </Show>
      <Show when={props.position < props.count}>
        <IconButton
          icon="right"
          class="reference-move reference-move-right"
          label={lazyMessages.references.moveRight(props.reference.name)}
          onClick={() => props.onMove(1)}
        />
      </Show>
    </div>
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
