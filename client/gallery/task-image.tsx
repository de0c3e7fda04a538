import { onMount, Show } from 'solid-js';
import { ownAddress } from './downloads.ts';
import { type GalleryItem, type Markable, useImageActions } from './image-actions.ts';
import { setDraggedImage } from './drag-image.ts';
import { TaskImagePicture } from './task-image-picture.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Icon } from '../ui/icons.tsx';

/** An image of a task with its actions. */
export function TaskImageTile(props: {
  item: GalleryItem;
  /** Shown so large that its thumbnail may be too small. */
  isLarge?: boolean;
  /** Whether the Tab key stops here. */
  isTabStop: boolean;
  onFocus: () => void;
}) {
  const { selection } = useImageActions();
  const imageId = () => props.item.image.id;
  return (
    <li
      class="task-image"
      classList={{
        'task-image-selected': selection.has(imageId()),
        'task-image-selectable': selection.isOn(),
      }}
      onFocusIn={() => props.onFocus()}
    >
      <div
        class="task-image-box"
        draggable={!selection.isOn()}
        onDragStart={(event) =>
          setDraggedImage(event, {
            image: props.item.image,
            name: lazyMessages.lightbox.label(props.item.code),
          })
        }
      >
        <TaskImagePicture item={props.item} isLarge={props.isLarge ?? false}>
          <OpenButton item={props.item} isTabStop={props.isTabStop} />
          <FavoriteRing image={props.item.image} />
        </TaskImagePicture>
      </div>
      <span class="task-image-code code" aria-hidden="true">
        {props.item.code}
      </span>
      <Show when={!selection.isOn()}>
        <TaskImageButtons item={props.item} tabIndex={props.isTabStop ? undefined : -1} />
      </Show>
    </li>
  );
}

/** Covers the image: opens the lightbox, or selects the image. */
function OpenButton(props: { item: GalleryItem; isTabStop: boolean }) {
  const { selection, open } = useImageActions();
  const imageId = () => props.item.image.id;
  const press = (event: MouseEvent) => {
    if (!selection.isOn()) open(imageId());
    else if (event.shiftKey) selection.extendTo(imageId());
    else selection.toggle(imageId());
  };
  return (
    <button
      type="button"
      class="task-image-open"
      data-image={imageId()}
      tabIndex={props.isTabStop ? 0 : -1}
      aria-label={(selection.isOn() ? lazyMessages.task.selectImage : lazyMessages.task.openImage)(
        props.item.code,
      )}
      aria-haspopup={selection.isOn() ? undefined : 'dialog'}
      aria-pressed={selection.isOn() ? selection.has(imageId()) : undefined}
      onClick={press}
    >
      <Show when={selection.isOn()}>
        <span class="task-image-check">
          <Show when={selection.has(imageId())}>
            <Icon name="check" />
          </Show>
        </span>
      </Show>
    </button>
  );
}

/** The buttons on an image: favorite, use as reference, download. */
function TaskImageButtons(props: { item: GalleryItem; tabIndex: -1 | undefined }) {
  const { favorites, use, downloads } = useImageActions();
  return (
    <div class="task-image-actions">
      <button
        type="button"
        class="button button-icon"
        tabIndex={props.tabIndex}
        aria-label={lazyMessages.task.markImage(props.item.code)}
        aria-pressed={favorites.has(props.item.image)}
        onClick={() => favorites.toggle(props.item.image)}
      >
        <Icon name="pencil" />
      </button>
      <button
        type="button"
        class="button button-icon"
        tabIndex={props.tabIndex}
        aria-label={lazyMessages.task.useImage(props.item.code)}
        onClick={() => use(props.item)}
      >
        <Icon name="reference" />
      </button>
      <a
        class="button button-icon"
        tabIndex={props.tabIndex}
        href={ownAddress(props.item.image.downloadUrl)}
        download=""
        aria-label={lazyMessages.task.downloadImage(props.item.code)}
        onClick={(event) => {
          // The link alone works; fetched here, a failure can be shown and retried.
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          void downloads.one(props.item);
        }}
      >
        <Icon name="download" />
      </a>
    </div>
  );
}

/** The ring around a favorite, as if by grease pencil. Draws itself only if the user has just added it. */
export function FavoriteRing(props: { image: Markable }) {
  const { favorites } = useImageActions();
  let isMounted = false;
  onMount(() => (isMounted = true));
  return (
    <Show when={favorites.has(props.image)}>
      <svg
        class="favorite-ring"
        classList={{ 'favorite-ring-fresh': isMounted }}
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        aria-hidden="true"
        style={{ '--turn': `${turnOf(props.image.id)}deg` }}
      >
        <path pathLength="1" d="M60 5C26 1 4 22 6 51c2 27 24 44 50 42 25-2 41-20 39-46C93 22 71 5 38 10" />
        <path
          class="favorite-ring-second"
          pathLength="1"
          d="M57 6.500C27 3.500 6 21 7.200 50c1.600 27 23 43 48 41.400 26-1.600 40.800-20 38.600-44.800C91.600 24 73 7.500 45 9"
        />
      </svg>
    </Show>
  );
}

/** A rotation of a few degrees, stable for an image, as rings by hand differ. */
function turnOf(imageId: string): number {
  const sum = [...imageId].reduce((total, character) => total + character.charCodeAt(0), 0);
  return (sum % 17) - 8;
}
