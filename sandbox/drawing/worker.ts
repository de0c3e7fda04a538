/** Runs in a thread of its own, so that the long loops of drawing block no request. */
import { parentPort } from 'node:worker_threads';
import { drawPicture, type DrawingRequest } from './draw-picture.ts';

/** The reply to a `DrawingRequest`. */
export interface DrawingResult {
  picture?: Uint8Array;
  error?: unknown;
}

parentPort?.on('message', async (request: DrawingRequest) => {
  const result = await drawPicture(request).then(
    (picture): DrawingResult => ({ picture }),
    (error: unknown): DrawingResult => ({ error }),
  );
  parentPort?.postMessage(result, []);
});
