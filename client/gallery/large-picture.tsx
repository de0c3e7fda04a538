import { createEffect, createSignal, on, Show } from 'solid-js';
import { type GalleryItem, useImageActions } from './image-actions.ts';
import './large-picture.css';
import { FavoriteRing } from './task-image.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';

/** The length of a swipe, in CSS pixels. */
const swipeDistance = 60;

interface LargePictureProps {
  item: GalleryItem;
  zoom: number;
  /** The images before and after it, preloaded. */
  neighbours: readonly (GalleryItem | undefined)[];
  onZoom: (factor: number) => void;
  onSwipe: (step: 1 | -1) => void;
}

/** The image: its thumbnail at once, the full size once loaded. */
export function LargePicture(props: LargePictureProps) {
  const actions = useImageActions();
  const [state, setState] = createSignal<'loading' | 'ready' | 'failed'>('loading');
  let view: HTMLDivElement | undefined;
  let touchStart: number | undefined;
  const url = () => props.item.image.url;
  createEffect(on(url, () => setState('loading')));
  const zoom = () => props.zoom;
  createEffect(on(zoom, () => view && scrollToCentre(view)));

  return (
    <div
      ref={view}
      class="lightbox-view"
      classList={{ 'lightbox-view-zoomed': props.zoom > 1 }}
      tabIndex={0}
      autofocus
      role="group"
      aria-label={lazyMessages.lightbox.picture}
      aria-busy={state() === 'loading'}
      onPointerMove={({ buttons, pointerType, movementX, movementY }) => {
        // A finger scrolls without help.
        if (buttons === 1 && pointerType === 'mouse') view?.scrollBy(-movementX, -movementY);
      }}
      onDblClick={() => props.onZoom(props.zoom > 1 ? 1 : 2)}
      onTouchStart={({ touches }) => (touchStart = touches.length === 1 ? touches[0]?.clientX : undefined)}
      onTouchEnd={(event) => {
        const travelled = (event.changedTouches[0]?.clientX ?? 0) - (touchStart ?? Number.NaN);
        if (props.zoom === 1 && Math.abs(travelled) > swipeDistance) props.onSwipe(travelled < 0 ? 1 : -1);
      }}
    >
      <Show
        when={state() !== 'failed'}
        fallback={
          <div class="lightbox-failed" role="alert">
            <p>{lazyMessages.task.imageBroken(props.item.code)}</p>
            <Button
              kind="film-strong"
              onClick={() => void actions.refresh(props.item.task.id).then(() => setState('loading'))}
            >
              {lazyMessages.task.loadAgain}
            </Button>
          </div>
        }
      >
        <Picture {...props} isReady={state() === 'ready'} onState={setState} />
      </Show>
      <p class="lightbox-loading code" role="status">
        {state() === 'loading' ? lazyMessages.lightbox.loading : ''}
      </p>
    </div>
  );
}

/** So that the zoom is around the centre. */
function scrollToCentre(view: HTMLElement): void {
  view.scrollLeft = (view.scrollWidth - view.clientWidth) / 2;
  view.scrollTop = (view.scrollHeight - view.clientHeight) / 2;
}

function Picture(
  props: LargePictureProps & { isReady: boolean; onState: (state: 'ready' | 'failed') => void },
) {
  const image = () => props.item.image;
  const show = async (picture: HTMLImageElement) => {
    const { src } = picture;
    await picture.decode?.().catch(() => {});
    if (picture.src !== src) return;
    props.onState('ready');
    for (const neighbour of props.neighbours) if (neighbour) new Image().src = neighbour.image.url;
  };
  return (
    <div
      class="lightbox-picture"
      style={{ '--zoom': String(props.zoom), '--ratio': String(image().width / image().height) }}
    >
      <img src={image().thumbnailUrl} alt="" draggable={false} />
      <img
        class="lightbox-image"
        classList={{ 'lightbox-image-ready': props.isReady }}
        src={image().url}
        width={image().width}
        height={image().height}
        alt={lazyMessages.task.image(props.item.code, props.item.task.prompt)}
        draggable={false}
        onLoad={(event) => void show(event.currentTarget)}
        onError={() => props.onState('failed')}
      />
      <FavoriteRing image={image()} />
    </div>
  );
}

/** Enlargement beyond what fits the window, which is 1. */
const steps = [1, 1.5, 2, 3, 4] as const;

/** The next step up or down; the same where there is none. */
export function nextZoom(factor: number, direction: 1 | -1): number {
  const next =
    direction === 1 ? steps.find((step) => step > factor) : steps.findLast((step) => step < factor);
  return next ?? factor;
}
