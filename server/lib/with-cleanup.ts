/** The values; `cleanup`, which may be called several times, is called once they end or fail, and before `return`. */
export function withCleanup<T>(values: AsyncIterator<T>, cleanup: () => unknown): AsyncIterableIterator<T> {
  const iterator: AsyncIterableIterator<T> = {
    [Symbol.asyncIterator]: () => iterator,
    async next() {
      try {
        const result = await values.next();
        if (result.done) await cleanup();
        return result;
      } catch (error) {
        await cleanup();
        throw error;
      }
    },
    async return() {
      await cleanup();
      return (await values.return?.()) ?? { done: true, value: undefined };
    },
  };
  return iterator;
}
