import { Icon } from '../../ui/icons.tsx';
import { lazyMessages } from '../../i18n/lazy-messages.ts';
import type { ImageActions } from '../image-actions.ts';
import type { GalleryItem } from '../gallery-item.ts';
import { ownAddress } from '../own-address.ts';

/** The small buttons on a frame: mark it, use it again, save it. */
export function TaskImageButtons(props: {
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
          // The link is enough for the browser; fetched here, a failure can be told and mended.
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
