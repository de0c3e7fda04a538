import {
  createEffect,
  createMemo,
  createSignal,
  createUniqueId,
  type JSX,
  on,
  onCleanup,
  onMount,
  Show,
} from 'solid-js';
import { type GalleryItem, imageKeys, useImageActions } from './image-actions.ts';
import './details.css';
import { LargePicture, nextZoom } from './large-picture.tsx';
import './lightbox.css';
import { ShareIcon } from '../sharing/share-icon.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { messages } from '../i18n/messages.ts';
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
        <Zoom factor={zoom()} onIn={zoomIn} onOut={zoomOut} />
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

function Zoom(props: { factor: number; onIn: () => void; onOut: () => void }) {
  return (
    <div class="lightbox-zoom">
      <IconButton
        icon="minus"
        label={lazyMessages.lightbox.zoomOut}
        busy={props.factor === nextZoom(props.factor, -1)}
        onClick={props.onOut}
      />
      <span class="code">{lazyMessages.lightbox.zoom(props.factor * 100)}</span>
      <IconButton
        icon="plus"
        label={lazyMessages.lightbox.zoomIn}
        busy={props.factor === nextZoom(props.factor, 1)}
        onClick={props.onIn}
      />
    </div>
  );
}

/** The details of an image: prompt, model, size, cost, and its actions. */
function Details(props: { item: GalleryItem }) {
  const { favorites, use, remix, share, downloads } = useImageActions();
  const task = () => props.item.task;
  const image = () => props.item.image;
  return (
    <div class="lightbox-details">
      <p class="lightbox-prompt" dir="auto">
        {task().prompt}
      </p>
      <dl class="lightbox-facts">
        <Fact name={messages.models.model}>{task().model.label}</Fact>
        <Fact name={lazyMessages.lightbox.size}>
          {lazyMessages.lightbox.pixels(image().width, image().height)}
        </Fact>
        <Fact name={lazyMessages.lightbox.cost}>
          {messages.credits(task().costCredits - task().refundedCredits)}
        </Fact>
        <Show when={typeof task().options['seed'] === 'number'}>
          <Fact name={messages.models.optionLabels.seed}>{String(task().options['seed'])}</Fact>
        </Show>
      </dl>
      <div class="lightbox-actions">
        <button
          type="button"
          class="button button-film"
          aria-pressed={favorites.has(image())}
          onClick={() => favorites.toggle(image())}
        >
          <Icon name="pencil" />
          {lazyMessages.image.mark}
        </button>
        <Button kind="film" onClick={() => use(props.item)}>
          <Icon name="reference" />
          {lazyMessages.image.use}
        </Button>
        <Button kind="film" onClick={() => remix(task())}>
          <Icon name="remix" />
          {lazyMessages.image.remix}
        </Button>
        <Button kind="film" opensDialog onClick={() => share(task(), image())}>
          <ShareIcon />
          {lazyMessages.image.share}
        </Button>
        <Button kind="film-strong" onClick={() => void downloads.one(props.item)}>
          <Icon name="download" />
          {lazyMessages.image.download}
        </Button>
      </div>
    </div>
  );
}

function Fact(props: { name: string; children: JSX.Element }) {
  return (
    <div>
      <dt>{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
