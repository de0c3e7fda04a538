/** The frames that are chosen for something to be done with all of them at once. */
import { type Accessor, createSignal } from 'solid-js';

export interface Selection {
  isOn: Accessor<boolean>;
  start(): void;
  /** Leaves selecting; nothing stays chosen. */
  end(): void;
  has(imageId: string): boolean;
  /** Chooses it or not, and starts selecting where that has not begun. */
  toggle(imageId: string): void;
  /** Chooses everything from the last frame that was chosen up to this one. */
  extendTo(imageId: string): void;
}

/** `order` gives the ids of all images that can be chosen, as they are shown. */
export function createSelection(order: Accessor<readonly string[]>): Selection {
  const [isOn, setOn] = createSignal(false);
  const [chosen, setChosen] = createSignal<ReadonlySet<string>>(new Set());
  /** Where a range begins. */
  let anchor: string | undefined;

  return {
    isOn,
    start: () => void setOn(true),
    end() {
      setOn(false);
      setChosen(new Set<string>());
      anchor = undefined;
    },
    has: (imageId) => chosen().has(imageId),
    toggle(imageId) {
      setOn(true);
      anchor = imageId;
      setChosen((ids) => {
        const next = new Set(ids);
        if (!next.delete(imageId)) next.add(imageId);
        return next;
      });
    },
    extendTo(imageId) {
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
