import { pan, type View, wholePicture, zoomAt } from './compare-view.ts';

interface Position {
  x: number;
  y: number;
}

/** Wheel, drag, pinch and double click on a box change the view; the box has its picture in a `.compare-picture`. */
export function listenForViewGestures(
  box: HTMLElement,
  view: () => View,
  onChange: (view: View) => void,
): void {
  const pointers = new Map<number, Position>();
  const positionOf = ({ clientX: x, clientY: y }: MouseEvent): Position => ({ x, y });
  const middle = () => {
    const all = [...pointers.values()];
    const sum = (axis: 'x' | 'y') => all.reduce((total, position) => total + position[axis], 0) / all.length;
    return { x: sum('x'), y: sum('y') };
  };
  const spread = () => {
    const [one, other] = [...pointers.values()];
    return one && other ? Math.hypot(one.x - other.x, one.y - other.y) : 0;
  };
  const picture = () => box.querySelector('.compare-picture')?.getBoundingClientRect();
  /** As shares of the picture. */
  const within = (shown: DOMRect, { x, y }: Position) => ({
    x: (x - shown.left) / shown.width,
    y: (y - shown.top) / shown.height,
  });
  const release = ({ pointerId }: PointerEvent) => void pointers.delete(pointerId);

  box.addEventListener('wheel', (event) => {
    event.preventDefault();
    const shown = picture();
    if (shown) onChange(zoomAt(view(), Math.exp(-event.deltaY / 500), within(shown, positionOf(event))));
  });
  box.addEventListener('pointerdown', (event) => {
    box.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, positionOf(event));
  });
  box.addEventListener('pointermove', (event) => {
    const shown = picture();
    if (!shown || !pointers.has(event.pointerId)) return;
    const [from, width] = [middle(), spread()];
    pointers.set(event.pointerId, positionOf(event));
    const to = middle();
    const moved = pan(view(), { x: (from.x - to.x) / shown.width, y: (from.y - to.y) / shown.height });
    onChange(width > 0 ? zoomAt(moved, spread() / width, within(shown, to)) : moved);
  });
  box.addEventListener('pointerup', release);
  box.addEventListener('pointercancel', release);
  box.addEventListener('dblclick', (event) => {
    const shown = picture();
    if (view().zoom > 1) onChange(wholePicture);
    else if (shown) onChange(zoomAt(view(), 2, within(shown, positionOf(event))));
  });
}
