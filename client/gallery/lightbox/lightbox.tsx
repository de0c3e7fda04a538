import { createEffect, createMemo, createSignal, createUniqueId, on, onCleanup, onMount } from 'solid-js';
import { Button } from '../../ui/button.tsx';
import { Icon, type IconName } from '../../ui/icons.tsx';
import { onPress } from '../../ui/keys.ts';
import { laterWords } from '../../i18n/lazy-messages.ts';
import { useFrameTools } from '../image-actions.ts';
import type { FrameOf } from '../gallery-item.ts';
import { Details } from './details.tsx';
import { LargePicture } from './large-picture.tsx';
import './lightbox.css';
import { nextZoom } from './zoom.ts';

interface LightboxProps {
  /** All frames that can be walked through, in their order. */
  frames: readonly FrameOf[];
  frame: FrameOf;
  onShow: (imageId: string) => void;
  onClose: () => void;
}

/** One picture as large as the window allows, with what made it. */
export function Lightbox(props: LightboxProps) {
  const tools = useFrameTools();
  const headingId = createUniqueId();
  const [zoom, setZoom] = createSignal(1);
  let dialog: HTMLDialogElement | undefined;
  const place = createMemo(() => props.frames.findIndex(({ image }) => image.id === props.frame.image.id));
  const show = (index: number) => {
    const frame = props.frames[index];
    if (frame && index !== place()) props.onShow(frame.image.id);
  };
  createEffect(
    on(
      () => props.frame.image.id,
      () => setZoom(1),
    ),
  );
  onMount(() => dialog?.showModal());
  // Back takes the frame out of the address, and the dialog with it.
  onCleanup(() => dialog?.close());

  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => show(place() - 1),
    ArrowRight: () => show(place() + 1),
    Home: () => show(0),
    End: () => show(props.frames.length - 1),
    '+': () => setZoom((factor) => nextZoom(factor, 1)),
    '=': () => setZoom((factor) => nextZoom(factor, 1)),
    '-': () => setZoom((factor) => nextZoom(factor, -1)),
    '0': () => setZoom(1),
    d: () => void tools.downloads.one(props.frame),
    r: () => tools.remix(props.frame.task),
    u: () => tools.use(props.frame),
    m: () => tools.marks.toggle(props.frame.image.id),
    '?': () => tools.showKeys(),
  };
  const onKeyDown = onPress((event) => {
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return false;
    action();
    return true;
  });

  return (
    <dialog
      ref={dialog}
      class="lightbox film"
      aria-labelledby={headingId}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        // Closed by what holds the address, so that both always agree.
        event.preventDefault();
        props.onClose();
      }}
    >
      <header class="lightbox-head">
        <h2 class="lightbox-code code" id={headingId}>
          <span class="visually-hidden">{laterWords.lightbox.label(props.frame.code)}</span>
          <span aria-hidden="true">{props.frame.code}</span>
        </h2>
        <p class="lightbox-place code" role="status">
          {laterWords.lightbox.position(place() + 1, props.frames.length)}
        </p>
        <div class="lightbox-zoom">
          <IconButton
            icon="minus"
            label={laterWords.lightbox.zoomOut}
            isOff={zoom() === nextZoom(zoom(), -1)}
            onClick={() => setZoom((factor) => nextZoom(factor, -1))}
          />
          <span class="code">{laterWords.lightbox.zoom(zoom() * 100)}</span>
          <IconButton
            icon="plus"
            label={laterWords.lightbox.zoomIn}
            isOff={zoom() === nextZoom(zoom(), 1)}
            onClick={() => setZoom((factor) => nextZoom(factor, 1))}
          />
        </div>
        <IconButton icon="close" label={laterWords.app.close} onClick={() => props.onClose()} />
      </header>
      <div class="lightbox-stage">
        <IconButton
          class="lightbox-previous"
          icon="left"
          label={laterWords.lightbox.previous}
          isOff={place() <= 0}
          onClick={() => show(place() - 1)}
        />
        <LargePicture
          frame={props.frame}
          zoom={zoom()}
          isMarked={tools.marks.has(props.frame.image.id)}
          neighbours={[props.frames[place() - 1], props.frames[place() + 1]]}
          onZoom={setZoom}
          onSwipe={(step) => show(place() + step)}
        />
        <IconButton
          class="lightbox-next"
          icon="right"
          label={laterWords.lightbox.next}
          isOff={place() >= props.frames.length - 1}
          onClick={() => show(place() + 1)}
        />
      </div>
      <Details frame={props.frame}>
        <button
          type="button"
          class="button button-film"
          aria-pressed={tools.marks.has(props.frame.image.id)}
          onClick={() => tools.marks.toggle(props.frame.image.id)}
        >
          <Icon name="pencil" />
          {laterWords.lightbox.mark}
        </button>
        <Button kind="film" onClick={() => tools.use(props.frame)}>
          <Icon name="reference" />
          {laterWords.lightbox.use}
        </Button>
        <Button kind="film" onClick={() => tools.remix(props.frame.task)}>
          <Icon name="remix" />
          {laterWords.lightbox.remix}
        </Button>
        <Button kind="film-strong" onClick={() => void tools.downloads.one(props.frame)}>
          <Icon name="download" />
          {laterWords.lightbox.download}
        </Button>
      </Details>
    </dialog>
  );
}

function IconButton(props: {
  icon: IconName;
  label: string;
  class?: string;
  /** Nothing more that way; it stays in reach, so that focus is not lost. */
  isOff?: boolean;
  onClick: () => void;
}) {
  return (
    <Button
      kind="icon"
      class={props.class ?? ''}
      label={props.label}
      busy={props.isOff ?? false}
      onClick={props.onClick}
    >
      <Icon name={props.icon} />
    </Button>
  );
}
