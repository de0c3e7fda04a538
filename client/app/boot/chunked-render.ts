import { type Accessor, createSignal } from 'solid-js';

export interface ChunkedRender {
  /** How many are due: 0, then one more in each task after the present one. */
  due: Accessor<number>;
  /** Resolves once the last one stands in the page, which may not have been painted by then. */
  drawn: Promise<void>;
}

/** What a drawing is cut into, so that a slow phone answers a press in between. */
export function createChunkedRender(count: number): ChunkedRender {
  const [due, setDue] = createSignal(0);
  const drawn = new Promise<void>((resolve) => {
    const next = () => {
      // Where nobody looks, a browser makes each timer wait for a second.
      if (setDue((before) => (document.hidden ? count : before + 1)) < count) setTimeout(next);
      else resolve();
    };
    setTimeout(next);
  });
  return { due, drawn };
}
