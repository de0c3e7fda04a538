import type { SessionWatch } from './session-watch.ts';
import type { Viewer } from './viewer.ts';

/** Ends the iteration within 5 s of the end of the viewer's session. */
export function whileSignedIn<T>(
  { sessions, viewer }: { sessions: SessionWatch; viewer: Viewer | null },
  values: AsyncIterableIterator<T>,
): AsyncIterableIterator<T> {
  const stop = viewer ? sessions.watch(viewer.sessionId, () => void values.return?.()) : () => {};
  const iterator: AsyncIterableIterator<T> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      try {
        const result = await values.next();
        if (result.done) stop();
        return result;
      } catch (error) {
        stop();
        throw error;
      }
    },
    async return() {
      stop();
      return (await values.return?.()) ?? { done: true, value: undefined };
    },
  };
  return iterator;
}
