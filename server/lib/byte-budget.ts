/** Bounds how many bytes of one kind are in memory; the rest waits, first come first served. */
export interface ByteBudget {
  /** A share of the budget, empty at first. Release it when its bytes are no longer needed. */
  open(): ByteShare;
}

export interface ByteShare {
  /**
   * Sets the size of the share: immediately where it shrinks, otherwise when there is room. A waiting share holds
   * nothing, so shares never wait for each other. A size above the whole budget counts as the whole budget.
   * Rejects with the signal's reason where it aborts first; the share is then empty.
   */
  resize(bytes: number, options: { signal: AbortSignal }): Promise<void>;
  release(): void;
}

interface Waiting {
  bytes: number;
  start: () => void;
}

export function createByteBudget(totalBytes: number): ByteBudget {
  let free = totalBytes;
  const waiting: Waiting[] = [];

  // Only the head may start: a large share is never overtaken, and so never starves behind small ones.
  function startNext(): void {
    for (let head = waiting[0]; head && head.bytes <= free; head = waiting[0]) {
      waiting.shift();
      free -= head.bytes;
      head.start();
    }
  }

  function take(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason as Error);
      const abort = () => {
        waiting.splice(waiting.indexOf(entry), 1);
        reject(signal.reason as Error);
        startNext();
      };
      const entry: Waiting = {
        bytes,
        start() {
          signal.removeEventListener('abort', abort);
          resolve();
        },
      };
      signal.addEventListener('abort', abort, { once: true });
      waiting.push(entry);
      startNext();
    });
  }

  return {
    open() {
      let held = 0;
      const give = (bytes: number) => {
        held -= bytes;
        free += bytes;
        startNext();
      };
      return {
        async resize(bytes, { signal }) {
          const wanted = Math.min(bytes, totalBytes);
          if (wanted <= held) return give(held - wanted);
          give(held);
          await take(wanted, signal);
          held = wanted;
        },
        release: () => give(held),
      };
    },
  };
}
