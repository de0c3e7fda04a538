import { type Accessor, createSignal, Show } from 'solid-js';
import { isUnfinished } from '../api/task.ts';
import { type GalleryItem, useImageActions } from './image-actions.ts';
import './selection-bar.css';
import { lazyMessages } from '../i18n/lazy-messages.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icons.tsx';

/** Actions on the selected images. */
export function SelectBar(props: { items: readonly GalleryItem[] }) {
  const { selection, favorites, downloads, remove, removeImages, compare } = useImageActions();
  const chosen = () => props.items.filter(({ image }) => selection.has(image.id));
  const tasks = () => [...new Map(chosen().map(({ task }) => [task.id, task])).values()];
  /** All images of the requests that have a selected one. */
  const framesOfTasks = () => tasks().reduce((count, { images }) => count + images.length, 0);
  const areAllFavorites = () => chosen().every(({ image }) => favorites.has(image));

  return (
    <section class="select-bar film" aria-label={lazyMessages.select.bar}>
      <p class="select-count" role="status">
        {chosen().length === 0 ? lazyMessages.select.hint : lazyMessages.select.selected(chosen().length)}
      </p>
      <Show when={chosen().length > 0}>
        <Button
          kind="film-strong"
          busy={downloads.isCollecting()}
          onClick={() => void downloads.many(chosen())}
        >
          <Icon name="download" />
          {lazyMessages.select.download(chosen().length)}
        </Button>
        <Button kind="film" opensDialog onClick={() => compare()}>
          {lazyMessages.compare.open}
        </Button>
        <Button
          kind="film"
          onClick={() =>
            favorites.set(
              chosen().map(({ image }) => image),
              !areAllFavorites(),
            )
          }
        >
          <Icon name="pencil" />
          {areAllFavorites() ? lazyMessages.select.unmark : lazyMessages.image.mark}
        </Button>
        <Show when={chosen().length < framesOfTasks()}>
          <Button
            kind="film"
            onClick={() => {
              const going = chosen();
              selection.end();
              removeImages(going);
            }}
          >
            {lazyMessages.removal.frames(chosen().length)}
          </Button>
        </Show>
        <Button
          kind="film"
          onClick={() => {
            const ended = tasks().filter((task) => !isUnfinished(task));
            selection.end();
            remove(ended);
          }}
        >
          {lazyMessages.removal.requests(tasks().length, framesOfTasks())}
        </Button>
      </Show>
      <Button kind="film" onClick={() => selection.end()}>
        {lazyMessages.select.end}
      </Button>
    </section>
  );
}

export type Selection = ReturnType<typeof createSelection>;

/** The selected images. `order` returns the ids of all images, in the order they are shown. */
export function createSelection(order: Accessor<readonly string[]>) {
  const [isOn, setOn] = createSignal(false);
  const [chosen, setChosen] = createSignal<ReadonlySet<string>>(new Set());
  /** The start of a range. */
  let anchor: string | undefined;

  return {
    isOn,
    start: () => void setOn(true),
    /** Ends the selection and clears it. */
    end() {
      setOn(false);
      setChosen(new Set<string>());
      anchor = undefined;
    },
    has: (imageId: string) => chosen().has(imageId),
    /** Toggles an image, and starts the selection if needed. */
    toggle(imageId: string) {
      setOn(true);
      anchor = imageId;
      setChosen((ids) => {
        const next = new Set(ids);
        if (!next.delete(imageId)) next.add(imageId);
        return next;
      });
    },
    /** Selects the range from the last selected image to this one. */
    extendTo(imageId: string) {
      setOn(true);
      const ids = order();
      const from = ids.indexOf(anchor ?? imageId);
      const to = ids.indexOf(imageId);
      if (from === -1 || to === -1) return;
      const range = ids.slice(Math.min(from, to), Math.max(from, to) + 1);
      setChosen((before) => new Set([...before, ...range]));
      anchor = imageId;
    },
  };
}
