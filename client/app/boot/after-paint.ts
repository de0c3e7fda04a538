/** A page in the background is not painted. */
const patienceMs = 200;
/** A frame is painted after its callbacks, and is on the screen one or two frames later. */
const frames = 3;

/** Resolves once the current content is painted: work that starts then does not delay it. */
export function afterPaint(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, patienceMs);
    if (typeof requestAnimationFrame !== 'function') return;
    const afterFrames = (count: number) =>
      count > 0 ? requestAnimationFrame(() => afterFrames(count - 1)) : setTimeout(resolve);
    afterFrames(frames);
  });
}
