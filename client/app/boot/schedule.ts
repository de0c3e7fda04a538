/** When the parts of the page run: the first render, the work after its paint, and idle work. docs/client.md has the reasons. */
import { createSignal } from 'solid-js';

/** The longest wait: a page in the background is not painted. */
const maxWaitMs = 200;
/** A frame is painted after its callbacks, and is on the screen one or two frames later. */
const frames = 3;

/** Resolves once the current content is painted: work that starts then does not delay it. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, maxWaitMs);
    const afterFrames = (count: number) =>
      count > 0 ? requestAnimationFrame(() => afterFrames(count - 1)) : setTimeout(resolve);
    afterFrames(frames);
  });
}

/**
 * Splits the first render into chunks, one a task, so that a slow phone handles input in between. `due` counts from 0
 * to `count`; `drawn` resolves once the last chunk is in the page, painted or not.
 */
export function createChunkedRender(count: number) {
  const [due, setDue] = createSignal(0);
  const drawn = new Promise<void>((resolve) => {
    const next = () => {
      // In a hidden page a browser delays each timer by a second.
      if (setDue((before) => (document.hidden ? count : before + 1)) < count) setTimeout(next);
      else resolve();
    };
    setTimeout(next);
  });
  return { due, drawn };
}

/** Runs tasks one by one after the page has loaded, each when the browser is idle. A failed one is left out. */
export function runWhenIdle(tasks: (() => Promise<unknown>)[]): void {
  const runNext = async () => {
    await Promise.allSettled(tasks.splice(0, 1).map((task) => task()));
    if (tasks.length > 0) wait();
  };
  const wait = () =>
    'requestIdleCallback' in window
      ? requestIdleCallback(() => void runNext())
      : setTimeout(() => void runNext(), 500);
  if (document.readyState === 'complete') wait();
  else addEventListener('load', wait, { once: true });
}
