/** What a work may use: a stack that is closed with it, and servers that it shares with the works of its group. */
import type { Row } from './verdict.ts';

export interface Scope {
  opened: AsyncDisposableStack;
  /** Starts something at its first use in the group; it is closed after the last work of the group. */
  once<T>(start: (opened: AsyncDisposableStack) => Promise<T>): Promise<T>;
}

export type Work = (scope: Scope) => Promise<Row[]>;

/** Shares what is started, until `opened` is closed. */
export function createOnce(opened: AsyncDisposableStack): Scope['once'] {
  const started = new Map<unknown, Promise<unknown>>();
  return (start) => {
    if (!started.has(start)) started.set(start, start(opened));
    return started.get(start) as ReturnType<typeof start>;
  };
}
