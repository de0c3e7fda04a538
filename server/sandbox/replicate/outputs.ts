import { randomBytes } from 'node:crypto';
import { createExpiringStore } from '../expiring-store.ts';
import type { PictureOrder } from '../pictures.ts';
import type { Script } from '../script.ts';

export interface Output {
  bytes: Buffer;
  contentType: string;
  script: Script;
}

export interface Outputs {
  /** Keeps the pictures for an hour; answers with an address for each that cannot be guessed. */
  add(pictures: Buffer[], options: { format: PictureOrder['format']; script: Script }): string[];
  /** Undefined where nothing is there, or no longer. */
  find(address: string): Output | undefined;
}

const lifetimeMs = 60 * 60 * 1000;
const maxStoredBytes = 256 * 1024 * 1024;
const contentTypes = { jpg: 'image/jpeg', png: 'image/png', webp: 'image/webp' };

/** The finished pictures, as a delivery host keeps them: read without a token, gone after an hour. */
export function createOutputs({ origin, now }: { origin: string; now: () => number }): Outputs {
  const store = createExpiringStore<Output>({
    lifetimeMs,
    maxBytes: maxStoredBytes,
    sizeOf: ({ bytes }) => bytes.length,
    now,
  });
  return {
    add: (pictures, { format, script }) =>
      pictures.map((bytes, index) => {
        const address = `${origin}/pbxt/${randomBytes(24).toString('base64url')}/out-${index}.${format}`;
        if (!script.has('expired')) store.add(address, { bytes, contentType: contentTypes[format], script });
        return address;
      }),
    find: (address) => store.get(address),
  };
}
