/** Within this time the same again is the same press: a double click, or Enter with a click. */
const samePressMs = 500;

export interface Presses {
  /** Whether a press is another one than the last; `what` identifies what it asks for. */
  isNew(what: string): boolean;
  /** The next press is a new one. */
  reset(): void;
}

/** Tells deliberate presses from one that arrives twice. `now` is a clock in milliseconds. */
export function createPresses(now: () => number = () => performance.now()): Presses {
  let last: { what: string; at: number } | undefined;
  return {
    isNew(what) {
      const at = now();
      const isSame = last?.what === what && at - last.at < samePressMs;
      last = { what, at };
      return !isSame;
    },
    reset: () => (last = undefined),
  };
}
