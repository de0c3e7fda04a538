import { onMount, Show } from 'solid-js';
import { ownAddress } from './downloads.ts';
import { type GalleryItem, type ImageActions, useImageActions } from './image-actions.ts';
import { setDraggedImage } from './drag-image.ts';
import { TaskImagePicture } from './task-image-picture.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Icon } from '../ui/icons.tsx';

interface TaskImageTileProps {
  item: GalleryItem;
  /** Shown so large that its thumbnail may be too small. */
  isLarge?: boolean;
  /** Whether the Tab key stops here. */
  isTabStop: boolean;
  onFocus: () => void;
}

/** An image of a task with its actions. */
export function TaskImageTile(props: TaskImageTileProps) {
  const actions = useImageActions();
  const imageId = () => props.item.image.id;
  const isFavorite = () => actions.favorites.has(imageId());
  const isSelected = () => actions.selection.has(imageId());
  // Animate the ring only if the user has just added it.
  let isSeen = false;
  onMount(() => (isSeen = true));
  const press = (event: MouseEvent) => {
    if (!actions.selection.isOn()) return actions.open(imageId());
    if (event.shiftKey) actions.selection.extendTo(imageId());
    else actions.selection.toggle(imageId());
  };

  return (
    <li
      class="task-image"
      classList={{ 'task-image-selected': isSelected(), 'task-image-selectable': actions.selection.isOn() }}
      onFocusIn={() => props.onFocus()}
    >
      <div
        class="task-image-box"
        draggable={!actions.selection.isOn()}
        onDragStart={(event) =>
          setDraggedImage(event, {
            image: props.item.image,
            name: lazyMessages.lightbox.label(props.item.code),
          })
        }
      >
        <TaskImagePicture item={props.item} isLarge={props.isLarge ?? false}>
          <button
            type="button"
            class="task-image-open"
            data-image={imageId()}
            tabIndex={props.isTabStop ? 0 : -1}
            aria-label={(actions.selection.isOn()
              ? lazyMessages.task.selectImage
              : lazyMessages.task.openImage)(props.item.code)}
            aria-haspopup={actions.selection.isOn() ? undefined : 'dialog'}
            aria-pressed={actions.selection.isOn() ? isSelected() : undefined}
            onClick={press}
          >
            <Show when={actions.selection.isOn()}>
              <span class="task-image-check">
                <Show when={isSelected()}>
                  <Icon name="check" />
                </Show>
              </span>
            </Show>
          </button>
          <Show when={isFavorite()}>
            <FavoriteRing imageId={imageId()} isFresh={isSeen} />
          </Show>
        </TaskImagePicture>
      </div>
      <span class="task-image-code code" aria-hidden="true">
        {props.item.code}
      </span>
      <Show when={!actions.selection.isOn()}>
        <TaskImageButtons
          item={props.item}
          actions={actions}
          isFavorite={isFavorite()}
          isTabStop={props.isTabStop}
          onToggleFavorite={() => actions.favorites.toggle(imageId())}
        />
      </Show>
    </li>
  );
}

/** The buttons on an image: favorite, use as reference, download. */
function TaskImageButtons(props: {
  item: GalleryItem;
  actions: ImageActions;
  isFavorite: boolean;
  isTabStop: boolean;
  onToggleFavorite: () => void;
}) {
  const tabIndex = () => (props.isTabStop ? undefined : -1);
  return (
    <div class="task-image-actions">
      <button
        type="button"
        class="button button-icon"
        tabIndex={tabIndex()}
        aria-label={lazyMessages.task.markImage(props.item.code)}
        aria-pressed={props.isFavorite}
        onClick={() => props.onToggleFavorite()}
      >
        <Icon name="pencil" />
      </button>
      <button
        type="button"
        class="button button-icon"
        tabIndex={tabIndex()}
        aria-label={lazyMessages.task.useImage(props.item.code)}
        onClick={() => props.actions.use(props.item)}
      >
        <Icon name="reference" />
      </button>
      <a
        class="button button-icon"
        tabIndex={tabIndex()}
        href={ownAddress(props.item.image.downloadUrl)}
        download=""
        aria-label={lazyMessages.task.downloadImage(props.item.code)}
        onClick={(event) => {
          // The link alone works; fetched here, a failure can be shown and retried.
          if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
          event.preventDefault();
          void props.actions.downloads.one(props.item);
        }}
      >
        <Icon name="download" />
      </a>
    </div>
  );
}

/** The ring around a favorite, as if by grease pencil. Draws itself once, when it is created. */
export function FavoriteRing(props: { imageId: string; isFresh: boolean }) {
  return (
    <svg
      class="favorite-ring"
      classList={{ 'favorite-ring-fresh': props.isFresh }}
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      aria-hidden="true"
      style={{ '--turn': `${turnOf(props.imageId)}deg` }}
    >
      <path pathLength="1" d="M60 5C26 1 4 22 6 51c2 27 24 44 50 42 25-2 41-20 39-46C93 22 71 5 38 10" />
      <path
        class="favorite-ring-second"
        pathLength="1"
        d="M57 6.500C27 3.500 6 21 7.200 50c1.600 27 23 43 48 41.400 26-1.600 40.800-20 38.600-44.800C91.600 24 73 7.500 45 9"
      />
    </svg>
  );
}

/** A rotation of a few degrees, stable for an image, as rings by hand differ. */
function turnOf(imageId: string): number {
  const sum = [...imageId].reduce((total, character) => total + character.charCodeAt(0), 0);
  return (sum % 17) - 8;
}
