/** Inputs that were handled within this time are parts of one: a key press causes a click, which causes a submit. */
const dispatchMs = 50;

/**
 * A clock in milliseconds that shows when the user made the input that is being handled, which a busy page handles late.
 * `submit`, and the click that a key press causes, have the time of their handling.
 */
export function createInputClock(): () => number {
  let last = { madeAt: 0, handledAt: -Infinity };
  for (const type of ['click', 'keydown', 'keypress', 'keyup'] as const)
    window.addEventListener(
      type,
      (event) => {
        // A click without a pointer has no count.
        const isCaused = type === 'click' && event.detail === 0;
        if (!isCaused) last = { madeAt: event.timeStamp, handledAt: performance.now() };
      },
      { capture: true },
    );
  return () => {
    const now = performance.now();
    return now - last.handledAt < dispatchMs ? last.madeAt : now;
  };
}
