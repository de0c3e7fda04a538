/** Thrown by `readBounded`. */
export class BodyTooLong extends Error {
  override name = 'BodyTooLong';
}

/**
 * A body, read as it streams in.
 * @throws {BodyTooLong} as soon as more than `maxBytes` have come; the stream's own errors pass through.
 */
export async function readBounded(body: AsyncIterable<Uint8Array> | null, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop by an error cancels the body and so frees its connection.
  for await (const chunk of body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new BodyTooLong(`More than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}
