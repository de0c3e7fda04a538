/** Runs in a thread of its own, so that the long loops of drawing block no request. */
import { parentPort } from 'node:worker_threads';
import { drawPicture } from './draw-picture.ts';

/** A message to the thread. */
export interface DrawingJob {
  id: number;
  request: Parameters<typeof drawPicture>[0];
}

/** The thread's reply. */
export type DrawingResult = { id: number; picture: Uint8Array } | { id: number; error: string };

parentPort?.on('message', async ({ id, request }: DrawingJob) => {
  parentPort?.postMessage(await draw(id, request), []);
});

async function draw(id: number, request: DrawingJob['request']): Promise<DrawingResult> {
  try {
    return { id, picture: await drawPicture(request) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}
