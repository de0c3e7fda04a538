import { Show } from 'solid-js';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { zipName } from './downloads.ts';
import { useImageActions } from './image-actions.ts';
import type { GalleryItem } from './gallery-item.ts';
import { isUnfinished } from '../api/task.ts';
import './selection-bar.css';

/** What can be done with the frames that are chosen. */
export function SelectBar(props: { items: readonly GalleryItem[] }) {
  const { selection, favorites, downloads, remove } = useImageActions();
  const chosen = () => props.items.filter(({ image }) => selection.has(image.id));
  const tasks = () => [...new Map(chosen().map(({ task }) => [task.id, task])).values()];
  const areAllFavorites = () => chosen().every(({ image }) => favorites.has(image.id));

  return (
    <section class="select-bar film" aria-label={lazyMessages.select.bar}>
      <p class="select-count" role="status">
        {chosen().length === 0 ? lazyMessages.select.hint : lazyMessages.select.selected(chosen().length)}
      </p>
      <Show when={chosen().length > 0}>
        <Button
          kind="film-strong"
          busy={downloads.isCollecting()}
          onClick={() => void downloads.many(chosen(), zipName(chosen()))}
        >
          <Icon name="download" />
          {lazyMessages.select.download(chosen().length)}
        </Button>
        <Button
          kind="film"
          onClick={() =>
            favorites.set(
              chosen().map(({ image }) => image.id),
              !areAllFavorites(),
            )
          }
        >
          <Icon name="pencil" />
          {areAllFavorites() ? lazyMessages.select.unmark : lazyMessages.select.mark}
        </Button>
        <Button
          kind="film"
          onClick={() => {
            const ended = tasks().filter((task) => !isUnfinished(task));
            selection.end();
            remove(ended);
          }}
        >
          {lazyMessages.select.remove(tasks().length)}
        </Button>
      </Show>
      <Button kind="film" onClick={() => selection.end()}>
        {lazyMessages.select.end}
      </Button>
    </section>
  );
}
