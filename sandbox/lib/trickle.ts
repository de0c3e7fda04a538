import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Pace } from './pace.ts';

const pieceBytes = 64 * 1024;
const minPieces = 20;

/** Ends a response with `bytes`, in chunks spread over `durationMs`; immediately where that is 0. */
export async function trickle(
  response: ServerResponse,
  bytes: Buffer,
  { durationMs, pace, signal }: { durationMs: number; pace: Pace; signal: AbortSignal },
): Promise<void> {
  const pieces = durationMs > 0 ? Math.max(minPieces, Math.ceil(bytes.length / pieceBytes)) : 0;
  const step = pieces > 0 ? Math.ceil(bytes.length / pieces) : pieceBytes;
  for (let offset = 0; offset < bytes.length; offset += step) {
    if (pieces > 0) await pace.work(durationMs / pieces, signal);
    if (response.destroyed) return;
    const accepted = response.write(bytes.subarray(offset, offset + step));
    if (!accepted) await drained(response, signal);
  }
  response.end();
}

async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  const done = new AbortController();
  const options = { signal: AbortSignal.any([signal, done.signal]) };
  try {
    await Promise.race([once(response, 'drain', options), once(response, 'close', options)]);
  } finally {
    done.abort();
  }
}
