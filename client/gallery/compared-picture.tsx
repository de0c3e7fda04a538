import { createEffect, createSignal, on, Show } from 'solid-js';
import type { GalleryItem } from './image-actions.ts';
import { useImageActions } from './image-actions.ts';
import type { View } from './compare-view.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';

interface ComparedPictureProps {
  item: GalleryItem;
  /** For screen readers. */
  name: string;
  view: View;
}

/** A picture in its box: its thumbnail at once, then the full size. */
export function ComparedPicture(props: ComparedPictureProps) {
  const { refresh } = useImageActions();
  const [hasFailed, setFailed] = createSignal(false);
  const image = () => props.item.image;
  const url = () => image().url;
  createEffect(on(url, () => setFailed(false)));
  return (
    <Show
      when={!hasFailed()}
      fallback={
        <div class="compare-failed" role="alert">
          <p>{lazyMessages.compare.broken(props.name)}</p>
          <Button
            kind="film-strong"
            onClick={() => void refresh(props.item.task.id).then(() => setFailed(false))}
          >
            {lazyMessages.task.loadAgain}
          </Button>
        </div>
      }
    >
      <div
        class="compare-picture"
        style={{
          '--ratio': String(image().width / image().height),
          '--zoom': String(props.view.zoom),
          '--x': String(props.view.x),
          '--y': String(props.view.y),
        }}
      >
        <img src={image().thumbnailUrl} alt="" draggable={false} />
        <img
          src={url()}
          width={image().width}
          height={image().height}
          alt={props.name}
          draggable={false}
          onError={() => setFailed(true)}
        />
      </div>
    </Show>
  );
}
