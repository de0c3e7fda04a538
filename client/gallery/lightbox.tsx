import { createEffect, createMemo, createSignal, createUniqueId, on, onCleanup, onMount } from 'solid-js';
import { type GalleryItem, imageKeys, useImageActions } from './image-actions.ts';
import { LargePicture, nextZoom } from './large-picture.tsx';
import './lightbox.css';
import { Details } from './lightbox-details.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { onPress } from '../ui/keys.ts';

interface LightboxProps {
  /** All images to step through, in their order. */
  items: readonly GalleryItem[];
  item: GalleryItem;
  onShow: (imageId: string) => void;
  onClose: () => void;
}

/** The lightbox: one image as large as the window allows, with its details. */
export function Lightbox(props: LightboxProps) {
  const actions = useImageActions();
  const headingId = createUniqueId();
  const [zoom, setZoom] = createSignal(1);
  let dialog: HTMLDialogElement | undefined;
  const imageId = () => props.item.image.id;
  const place = createMemo(() => props.items.findIndex(({ image }) => image.id === imageId()));
  const show = (index: number) => {
    const item = props.items[index];
    if (item && index !== place()) props.onShow(item.image.id);
  };
  createEffect(on(imageId, () => setZoom(1)));
  onMount(() => dialog?.showModal());
  // Back removes the image from the address, and the dialog with it.
  onCleanup(() => dialog?.close());

  /** One pixel of the picture for each of the screen. */
  const pixelZoom = () => {
    const box = dialog?.querySelector('.lightbox-picture')?.getBoundingClientRect();
    return box ? (props.item.image.width / devicePixelRatio / box.width) * zoom() : zoom();
  };
  const zoomIn = () => setZoom((factor) => nextZoom(factor, 1));
  const zoomOut = () => setZoom((factor) => nextZoom(factor, -1));
  const keyActions = (): Readonly<Record<string, () => void>> => ({
    ArrowLeft: () => show(place() - 1),
    ArrowRight: () => show(place() + 1),
    Home: () => show(0),
    End: () => show(props.items.length - 1),
    '+': zoomIn,
    '=': zoomIn,
    '-': zoomOut,
    '0': () => setZoom(1),
    '1': () => setZoom(pixelZoom()),
    '?': actions.showKeys,
    ...imageKeys(actions, props.item),
  });
  const onKeyDown = onPress((event) => {
    const action = keyActions()[event.key];
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
        // Closed through the address, so that both always agree.
        event.preventDefault();
        props.onClose();
      }}
    >
      <header class="lightbox-head">
        <h2 class="lightbox-code code" id={headingId}>
          <span class="visually-hidden">{lazyMessages.lightbox.label(props.item.code)}</span>
          <span aria-hidden="true">{props.item.code}</span>
        </h2>
        <p class="lightbox-place code" role="status">
          {lazyMessages.lightbox.position(place() + 1, props.items.length)}
        </p>
        <Zoom factor={zoom()} onIn={zoomIn} onOut={zoomOut} onPixels={() => setZoom(pixelZoom())} />
        <IconButton icon="close" label={lazyMessages.app.close} onClick={() => props.onClose()} />
      </header>
      <div class="lightbox-stage">
        <IconButton
          class="lightbox-previous"
          icon="left"
          label={lazyMessages.lightbox.previous}
          busy={place() <= 0}
          onClick={() => show(place() - 1)}
        />
        <LargePicture
          item={props.item}
          zoom={zoom()}
          neighbours={[props.items[place() - 1], props.items[place() + 1]]}
          onZoom={setZoom}
          onSwipe={(step) => show(place() + step)}
        />
        <button
          type="button"
          class="button button-icon lightbox-mark"
          aria-label={lazyMessages.image.mark}
          aria-pressed={actions.favorites.has(props.item.image)}
          onClick={() => actions.favorites.toggle(props.item.image)}
        >
          <Icon name="pencil" />
        </button>
        <IconButton
          class="lightbox-next"
          icon="right"
          label={lazyMessages.lightbox.next}
          busy={place() >= props.items.length - 1}
          onClick={() => show(place() + 1)}
        />
      </div>
      <Details item={props.item} />
    </dialog>
  );
}

function Zoom(props: { factor: number; onIn: () => void; onOut: () => void; onPixels: () => void }) {
  return (
    <div class="lightbox-zoom">
      <IconButton
        icon="minus"
        label={lazyMessages.lightbox.zoomOut}
        busy={props.factor === nextZoom(props.factor, -1)}
        onClick={props.onOut}
      />
      <span class="code">{lazyMessages.lightbox.zoom(Math.round(props.factor * 100))}</span>
      <IconButton
        icon="plus"
        label={lazyMessages.lightbox.zoomIn}
        busy={props.factor === nextZoom(props.factor, 1)}
        onClick={props.onIn}
      />
      <Button
        kind="film"
        class="lightbox-pixels"
        label={lazyMessages.lightbox.pixelsShown}
        onClick={props.onPixels}
      >
        1:1
      </Button>
    </div>
  );
}
