/** A page in the background is not painted. */
const patienceMs = 200;

/** Resolves once what the page holds now has been painted: what is begun then does not hold the picture up. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, patienceMs);
    // The frame is painted after its callbacks, and before the next task.
    if (typeof requestAnimationFrame === 'function') requestAnimationFrame(() => setTimeout(resolve));
  });
}
