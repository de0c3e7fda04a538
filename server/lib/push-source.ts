/** Values that come over time. They are pulled with `next`, or pushed to a receiver, which needs no promise for each. */

export interface Receiver<T> {
  /** Takes a value. Where it returns a promise, the next value comes once that has resolved. */
  take(value: T): Promise<unknown> | undefined;
  /** Called once, after the last value. */
  end(): void;
}

export interface PushSource<T> extends AsyncIterableIterator<T, undefined> {
  /**
   * Hands over the values that wait, and then each as it comes. May be called after the first `next` has resolved, and
   * `next` not after it.
   */
  pushTo(receiver: Receiver<T>): void;
}

export function isPushSource<T>(values: AsyncIterator<T>): values is PushSource<T> {
  return 'pushTo' in values;
}
