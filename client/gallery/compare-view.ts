/** The part of the pictures that is shown, the same for all that are compared. */
export interface View {
  /** Enlargement beyond what fits, which is 1. */
  zoom: number;
  /** The point in the middle, as a share of the picture's width and height: 0 is the left or upper edge, 1 the other one. */
  x: number;
  y: number;
}

type Point = Pick<View, 'x' | 'y'>;

export const wholePicture: View = { zoom: 1, x: 0.5, y: 0.5 };

const maxZoom = 8;

/** Enlarges by a factor; the point `at` stays where it is. */
export function zoomAt(view: View, factor: number, at: Point = view): View {
  const zoom = Math.min(maxZoom, Math.max(1, view.zoom * factor));
  const kept = view.zoom / zoom;
  return bounded({ zoom, x: at.x - (at.x - view.x) * kept, y: at.y - (at.y - view.y) * kept });
}

/** Moves the middle by shares of the picture. */
export function pan(view: View, by: Point): View {
  return bounded({ zoom: view.zoom, x: view.x + by.x, y: view.y + by.y });
}

/** Moves by arrow keys, a tenth of what is shown; undefined for any other key. */
export function panByKey(view: View, key: string): View | undefined {
  const step = 0.1 / view.zoom;
  const steps: Readonly<Record<string, Point>> = {
    ArrowLeft: { x: -step, y: 0 },
    ArrowRight: { x: step, y: 0 },
    ArrowUp: { x: 0, y: -step },
    ArrowDown: { x: 0, y: step },
  };
  const by = steps[key];
  return by && pan(view, by);
}

/** So that the picture's edge never passes that of its box. */
function bounded({ zoom, x, y }: View): View {
  const margin = 0.5 / zoom;
  const clamp = (share: number) => Math.min(1 - margin, Math.max(margin, share));
  return { zoom, x: clamp(x), y: clamp(y) };
}

/** Letters for pictures whose names are hidden. */
export const letterOf = (place: number): string => 'ABCD'[place] ?? '';

/** The same in random order. */
export function shuffled<Item>(items: readonly Item[], random = Math.random): Item[] {
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

/** Sorted by these ids; what has none of them comes last, in the order that it has. */
export function inOrder<Item extends { image: { id: string } }>(
  items: readonly Item[],
  ids: readonly string[] = [],
): Item[] {
  const place = ({ image }: Item) => (ids.includes(image.id) ? ids.indexOf(image.id) : ids.length);
  return items.toSorted((one, other) => place(one) - place(other));
}
