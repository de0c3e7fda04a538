import { Show } from 'solid-js';
import { type GalleryItem, useImageActions } from './image-actions.ts';
import { lazyMessages } from '../i18n/lazy-messages.ts';

/** Deletes the image that is shown large; the last one of a request goes with its request. */
export function DeleteImage(props: { item: GalleryItem }) {
  const { removeImages } = useImageActions();
  return (
    <button
      type="button"
      class="button button-film"
      onClick={(event) => {
        // The second press of a double one would delete the next image.
        if (event.detail < 2) removeImages([props.item]);
      }}
    >
      <Show when={props.item.task.images.length > 1} fallback={lazyMessages.removal.request}>
        {lazyMessages.removal.frame}
      </Show>
    </button>
  );
}
