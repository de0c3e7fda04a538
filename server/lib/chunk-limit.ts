/** Bounds the CPU time that a body from outside takes, however small the chunks are that its server sends. */
import { pipeline, type Readable, Transform } from 'node:stream';

/** Thrown by `limitChunks`. */
export class ChunksTooSmall extends Error {
  override name = 'ChunksTooSmall';
}

/** A chunk takes about a microsecond, so that 5 MB in chunks of one byte take seconds. */
const leastAverageBytes = 128;
const chunksOfAnySize = 2_000;

/**
 * The body, read once it is iterated.
 * @throws {ChunksTooSmall} where its chunks, from the 2,000th on, have less than 128 bytes on average; the body's own errors
 */
export async function* limitChunks(body: Readable): AsyncGenerator<Uint8Array> {
  let [chunks, bytes] = [0, 0];
  // The body's own iterator joins chunks that wait, and so hides their number.
  const counted = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      chunks += 1;
      bytes += chunk.byteLength;
      const isTooSmall = chunks > chunksOfAnySize + bytes / leastAverageBytes;
      done(isTooSmall ? new ChunksTooSmall(`${chunks} chunks of ${bytes} bytes in all`) : null, chunk);
    },
  });
  yield* pipeline(body, counted, () => {});
}
