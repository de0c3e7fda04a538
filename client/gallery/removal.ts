import type { Accessor } from 'solid-js';
import type { CodeOf, GalleryItem, ImageActions, Removals } from './image-actions.ts';
import { whenLoaded } from '../ui/when-loaded.ts';

/** The image that the lightbox shows. */
interface ShownImage {
  imageId: Accessor<string | undefined>;
  show(imageId: string): void;
  close(): void;
}

/** Deletes what is shown; the lightbox, or the focus, goes to what comes after it. */
export function createRemoval(options: {
  items: Accessor<readonly GalleryItem[]>;
  actions: Accessor<Removals | undefined>;
  codeOf: CodeOf;
  lightbox: ShownImage;
}): Pick<ImageActions, 'remove' | 'removeImages'> {
  const { lightbox, codeOf } = options;

  const moveLightbox = (isGoing: (item: GalleryItem) => boolean) => {
    const items = options.items();
    const place = items.findIndex(({ image }) => image.id === lightbox.imageId());
    if (place === -1 || !isGoing(items[place]!)) return;
    const next = nextOf(items, place, isGoing);
    if (next) lightbox.show(next.image.id);
    else lightbox.close();
  };

  const removing = (
    places: string,
    isGoing: { element: (element: HTMLElement) => boolean; item: (item: GalleryItem) => boolean },
    run: (removals: Removals) => void,
  ) =>
    whenLoaded(options.actions, (removals) => {
      const focusNext = findNext(places, isGoing.element);
      moveLightbox(isGoing.item);
      run(removals);
      // The focused button is gone with its card, or with its image.
      if (document.activeElement === document.body) focusNext();
    });

  return {
    remove(tasks) {
      const ids = new Set(tasks.map(({ id }) => id));
      const imageIds = new Set(tasks.flatMap(({ images }) => images.map(({ id }) => id)));
      const isGoing = {
        element: ({ dataset }: HTMLElement) =>
          ids.has(dataset['task'] ?? dataset['ended'] ?? '') || imageIds.has(dataset['image'] ?? ''),
        item: ({ task }: GalleryItem) => ids.has(task.id),
      };
      removing('[data-task], .contact-sheet [data-image], [data-ended]', isGoing, (removals) =>
        removals.remove(tasks, codeOf),
      );
    },
    removeImages(items) {
      const ids = new Set(items.map(({ image }) => image.id));
      const isGoing = {
        element: ({ dataset }: HTMLElement) => ids.has(dataset['image'] ?? ''),
        item: ({ image }: GalleryItem) => ids.has(image.id),
      };
      removing('[data-image], [data-ended]', isGoing, (removals) => removals.removeImages(items, codeOf));
    },
  };
}

/** The first that stays after this place, or else the last before it. */
function nextOf<Item>(
  items: readonly Item[],
  place: number,
  isGoing: (item: Item) => boolean,
): Item | undefined {
  const stays = (item: Item) => !isGoing(item);
  return items.slice(place).find(stays) ?? items.slice(0, place).findLast(stays);
}

/** Finds what comes after the first that goes, while it is in the page; returns a function that focuses it. */
function findNext(selector: string, isGoing: (element: HTMLElement) => boolean): () => void {
  const feed = document.getElementById('feed');
  const elements = [...(feed?.querySelectorAll<HTMLElement>(selector) ?? [])];
  const place = elements.findIndex(isGoing);
  const next = place === -1 ? undefined : nextOf(elements, place, isGoing);
  return () => (next ?? feed)?.focus({ preventScroll: true });
}
