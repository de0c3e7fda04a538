import { type Accessor, createMemo, createSignal } from 'solid-js';
import type { GalleryItem } from './image-actions.ts';
import type { Selection } from './selection-bar.tsx';
import { lazyMessages } from '../i18n/lazy-messages.ts';

const [fewest, most] = [2, 4];

/** Which images are compared: the selected ones, 2 to 4 of them. */
export function createComparison(selection: Selection, items: Accessor<readonly GalleryItem[]>) {
  const [ids, setIds] = createSignal<readonly string[]>([]);
  const isPossible = (count: number) => count >= fewest && count <= most;
  /** Undefined where none are compared, and once too few are left. */
  const compared = createMemo(() => {
    const found = ids().length > 0 ? items().filter(({ image }) => ids().includes(image.id)) : [];
    return isPossible(found.length) ? found : undefined;
  });
  return {
    items: compared,
    /** Selects the image too. Returns what the user has to do first, if there is something. */
    open(item?: GalleryItem): string | undefined {
      if (item && !selection.has(item.image.id)) selection.toggle(item.image.id);
      const chosen = items().filter(({ image }) => selection.has(image.id));
      if (isPossible(chosen.length)) return void setIds(chosen.map(({ image }) => image.id));
      return item && chosen.length === 1
        ? lazyMessages.compare.chooseAnother(item.code)
        : lazyMessages.compare.howMany;
    },
    close: () => void setIds([]),
  };
}
