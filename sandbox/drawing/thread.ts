import { Worker } from 'node:worker_threads';
import type { DrawingJob, DrawingResult } from './worker.ts';

export interface DrawingThread {
  /**
   * Draws in another thread, which starts with the first picture.
   * @throws {Error} where the picture cannot be drawn, or the thread ends before it is.
   */
  draw(request: DrawingJob['request']): Promise<Buffer>;
  /** Ends the thread; pictures in work reject. */
  close(): Promise<void>;
}

export function createDrawingThread(): DrawingThread {
  const waiting = new Map<number, { resolve: (picture: Buffer) => void; reject: (error: Error) => void }>();
  let worker: Worker | undefined;
  let sent = 0;

  function start(): Worker {
    // Without this process's flags, some of which a thread refuses.
    const started = new Worker(new URL('./worker.ts', import.meta.url), { execArgv: [] });
    started.on('message', (result: DrawingResult) => {
      const waiter = waiting.get(result.id);
      waiting.delete(result.id);
      if ('error' in result) waiter?.reject(new Error(result.error));
      else waiter?.resolve(Buffer.from(result.picture));
    });
    started.on('error', giveUp);
    started.on('exit', () => giveUp(new Error('The drawing thread has ended')));
    return started;
  }

  function giveUp(error: unknown) {
    worker = undefined;
    const reason = error instanceof Error ? error : new Error(String(error));
    for (const { reject } of waiting.values()) reject(reason);
    waiting.clear();
  }

  return {
    draw(request) {
      worker ??= start();
      const id = ++sent;
      const picture = new Promise<Buffer>((resolve, reject) => waiting.set(id, { resolve, reject }));
      worker.postMessage({ id, request } satisfies DrawingJob, []);
      return picture;
    },
    async close() {
      await worker?.terminate();
    },
  };
}
