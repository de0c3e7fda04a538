import { Match, Show, Switch } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import { messages } from '../../i18n/messages.ts';
import type { Reference } from './references.ts';

/** Actions on a tile. */
interface TileEvents {
  onRemove: () => void;
  onRetry: () => void;
  /** One place to the left (-1) or to the right (1). */
  onMove: (direction: -1 | 1) => void;
}

/** The tile of a reference: preview, upload state, and buttons to move and remove it. */
export function ReferenceTile(
  props: TileEvents & {
    reference: Reference;
    /** Counted from 1. */
    position: number;
    count: number;
    isSignedIn: boolean;
    isPointedAt: boolean;
    isDragged: boolean;
    onDragStart: (event: DragEvent) => void;
    onDragOver: () => void;
    onDragEnd: (event: DragEvent) => void;
  },
) {
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
        'reference-dragged': props.isDragged,
      }}
      data-reference={props.reference.id}
      draggable={props.count > 1}
      onDragStart={(event) => props.onDragStart(event)}
      onDragEnter={() => props.onDragOver()}
      onDragEnd={(event) => props.onDragEnd(event)}
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
      <TileState reference={props.reference} isSignedIn={props.isSignedIn} onRetry={props.onRetry} />
      <Show when={!isBad()}>
        <span class="reference-number code" aria-hidden="true">
          {props.position}
        </span>
      </Show>
      <MoveButtons name={name()} position={props.position} count={props.count} onMove={props.onMove} />
      <Button
        kind="icon"
        class="reference-remove"
        label={
          state().kind === 'uploading'
            ? lazyMessages.references.cancelUpload(name())
            : lazyMessages.references.remove(name())
        }
        onClick={() => props.onRemove()}
      >
        <Icon name="close" />
      </Button>
    </li>
  );
}

function TileState(props: { reference: Reference; isSignedIn: boolean; onRetry: () => void }) {
  const state = () => props.reference.state;
  const name = () => props.reference.name;
  const percent = () => {
    const now = state();
    return now.kind === 'uploading' ? now.percent : 0;
  };
  const fault = () => {
    const now = state();
    return now.kind === 'faulty' ? now.fault : undefined;
  };
  const waitMessage = () => {
    const { kind } = state();
    if (kind === 'checking') return lazyMessages.references.checking;
    if (kind === 'shrinking') return lazyMessages.references.shrinking;
    return props.isSignedIn ? lazyMessages.references.queued : lazyMessages.references.waitsForSignIn;
  };

  return (
    <Switch>
      <Match when={fault()}>
        {(kind) => (
          <p class="reference-fault">
            <strong>{lazyMessages.references.faults[kind()]}</strong>
            <span dir="auto">
              {kind() === 'tooBig' ? messages.megabytes(props.reference.byteSize) : name()}
            </span>
          </p>
        )}
      </Match>
      <Match when={state().kind === 'failed'}>
        <p class="reference-fault">
          <strong>{lazyMessages.references.failedShort}</strong>
        </p>
        <Button
          kind="icon"
          class="reference-retry"
          label={lazyMessages.references.retry(name())}
          onClick={() => props.onRetry()}
        >
          <Icon name="retry" />
        </Button>
      </Match>
      <Match when={state().kind === 'uploading'}>
        <div
          class="reference-progress code"
          role="progressbar"
          aria-label={lazyMessages.references.uploading(name())}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={percent()}
        >
          {lazyMessages.progress.percent(percent())}
          <span class="reference-bar" style={{ '--percent': `${percent()}%` }} />
        </div>
      </Match>
      <Match when={state().kind !== 'uploaded'}>
        <p class="reference-wait">{waitMessage()}</p>
      </Match>
    </Switch>
  );
}

/** The way to another place without dragging. */
function MoveButtons(props: {
  name: string;
  position: number;
  count: number;
  onMove: (direction: -1 | 1) => void;
}) {
  return (
    <div class="reference-moves">
      <Show when={props.position > 1}>
        <Button
          kind="icon"
          class="reference-move reference-move-left"
          label={lazyMessages.references.moveLeft(props.name)}
          onClick={() => props.onMove(-1)}
        >
          <Icon name="left" />
        </Button>
      </Show>
      <Show when={props.position < props.count}>
        <Button
          kind="icon"
          class="reference-move reference-move-right"
          label={lazyMessages.references.moveRight(props.name)}
          onClick={() => props.onMove(1)}
        >
          <Icon name="right" />
        </Button>
      </Show>
    </div>
  );
}
